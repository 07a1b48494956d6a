/** Which documents of an account a device may write to, and which it is sent. */

import { ACCOUNT_DOCUMENT, indexDocument } from '../records/stretches.ts'

/** Whether a device may write to a document. */
export function mayWrite(deviceId: string, document: string): boolean {
  return document === ACCOUNT_DOCUMENT || document === indexDocument(deviceId)
}

/** Whether a document tells what the device itself knows first, so that it is never sent it. */
export function isOwn(deviceId: string, document: string): boolean {
  return document === indexDocument(deviceId) || document.startsWith(`tail:${deviceId}:`)
}

/** The documents that a device is sent. */
export function withoutOwn(
  deviceId: string,
  positions: Iterable<readonly [string, number]>,
): readonly (readonly [string, number])[] {
  return [...positions].filter(([document]) => !isOwn(deviceId, document))
}
