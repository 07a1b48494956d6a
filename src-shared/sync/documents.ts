/** Which documents of an account a device may write to, and which it is sent. */

export const ACCOUNT_DOCUMENT = 'account'

/** The index of a device's sealed history. */
const indexOf = (deviceId: string) => `shard:${deviceId}`

/** Whether a device may write to a document. */
export function mayWrite(deviceId: string, document: string): boolean {
  return document === ACCOUNT_DOCUMENT || document === indexOf(deviceId)
}

/** Whether a document tells what the device itself knows first, so that it is never sent it. */
export function isOwn(deviceId: string, document: string): boolean {
  return document === indexOf(deviceId) || document.startsWith(`tail:${deviceId}:`)
}

/** The documents that a device is sent. */
export function withoutOwn(
  deviceId: string,
  positions: Iterable<readonly [string, number]>,
): readonly (readonly [string, number])[] {
  return [...positions].filter(([document]) => !isOwn(deviceId, document))
}
