/** What records say of credits, as the authority takes it in. */

import type { ReportedRecord } from '../lease/report.ts'
import { movesOf } from './moves.ts'
import type { DeviceRecord } from './record.ts'

export function reportedRecord({ sequence, at, body }: DeviceRecord): ReportedRecord {
  return { sequence, at, ...movesOf(body) }
}
