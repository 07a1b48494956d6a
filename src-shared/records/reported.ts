/** What records say about credits, in the authority's terms. */

import type { ReportedRecord } from '../lease/report.ts'
import { movesOf } from './moves.ts'
import type { DeviceRecord } from './record.ts'

export function reportedRecord({ sequence, at, body }: DeviceRecord): ReportedRecord {
  return { sequence, at, ...movesOf(body) }
}
