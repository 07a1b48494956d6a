/** What runs of sealed stretches come to, once they are counted. */

import { NEWER, type RollupRow } from '#shared/records/rollup.ts'
import type { Statements } from '../database.ts'

export const storedUsage = (ask: Statements) => ({
  addUsage(deviceId: string, row: RollupRow): void {
    const { day, memberId, operation, modelId, subject, runs, credits } = row
    ask(
      `INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET runs = runs + excluded.runs, credits = credits + excluded.credits`,
    ).run(day, deviceId, memberId, operation, modelId, subject, runs, credits)
  },
  machineTotals: (from: number) =>
    ask(
      `SELECT device_id, member_id, sum(credits) AS credits,
              sum(iif(operation = ?, 0, runs)) AS runs, sum(iif(operation = ?, runs, 0)) AS newer
       FROM usage WHERE day >= ? GROUP BY device_id, member_id`,
    )
      .all(NEWER, NEWER, from)
      .map((row) => ({
        deviceId: String(row['device_id']),
        memberId: String(row['member_id']),
        runs: Number(row['runs']),
        newer: Number(row['newer']),
        credits: Number(row['credits']),
      })),
  /** What of sealed history began on a day or later (UTC), by all that caps count by. */
  usageSince: (day: number) =>
    ask(
      `SELECT day, device_id, member_id, operation, subject, sum(credits) AS credits FROM usage
       WHERE day >= ? GROUP BY day, device_id, member_id, operation, subject`,
    )
      .all(day)
      .map((row) => ({
        day: Number(row['day']),
        deviceId: String(row['device_id']),
        memberId: String(row['member_id']),
        operation: String(row['operation']),
        subject: String(row['subject']),
        credits: Number(row['credits']),
      })),
  totals: (by: 'day' | 'device_id' | 'member_id', from: number, to: number) =>
    ask(
      `SELECT ${by} AS key, sum(runs) AS runs, sum(credits) AS credits FROM usage
       WHERE day >= ? AND day < ? GROUP BY ${by}`,
    )
      .all(from, to)
      .map(({ key, runs, credits }) => ({
        key: String(key),
        runs: Number(runs),
        credits: Number(credits),
      })),
})
