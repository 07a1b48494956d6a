/** What records say of credits, as the authority takes it in. */

import type { Draw } from '../credits/grant.ts'
import type { ReportedRecord } from '../lease/report.ts'
import { failure, type Result, success } from '../result.ts'
import type { DeviceRecord } from './record.ts'

const NONE: readonly Draw[] = []

/**
 * What the authority must know of records. Fails with `server_too_old` on a type that this version
 * does not know, as that may have moved credits.
 */
export function reportedRecords(
  records: readonly DeviceRecord[],
): Result<readonly ReportedRecord[]> {
  const reported: ReportedRecord[] = []
  for (const { sequence, at, body } of records) {
    if (body.type === 'newer') {
      return failure('server_too_old', `Record ${sequence} is of a newer version of the app.`)
    }
    const spent = body.type === 'usage' ? body.draws : NONE
    const returned = body.type === 'return' ? body.draws : NONE
    const expired =
      body.type === 'usage' ? body.expired : body.type === 'expire' ? body.draws : NONE
    reported.push({ sequence, at, spent, returned, expired })
  }
  return success(reported)
}
