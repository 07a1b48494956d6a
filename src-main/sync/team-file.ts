/**
 * What this machine keeps of its team beside the ledger: where the server is, what an enrolment that
 * is under way was asked with, and what the server last said, for the time without it.
 */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { PoolState, TeamState } from '#shared/team/api.ts'
import { millicredits } from '#shared/credits/amount.ts'
import { type Handover, handoverSchema } from '#shared/team/handover.ts'
import { readJsonFile, systemErrorCode, writeFileAtomic } from '../files/atomic-file.ts'
import { isDiskFull } from '../files/storage-trouble.ts'
import { failure, type Result, success } from '#shared/result.ts'

export const TEAM_FILE = 'team.json'

const id = z.string().min(1).max(200)
const moment = z.int().min(0)

const issuerSchema = z.object({ accountId: id, memberId: id, deviceId: id, publicKey: id })

const schema = z.object({
  format: z.literal(1),
  address: z.string().max(300),
  /** Asked again with the same it gives the same. */
  enrolment: z.object({
    enrolmentId: z.uuid(),
    /** Null makes a new team. */
    code: z.string().max(60).nullable(),
    teamName: z.string().max(60),
    memberName: z.string().max(60),
    deviceName: z.string().max(60),
    handover: handoverSchema.transform((handover): Handover => handover).nullable(),
  }),
  /** Null until the server has enrolled this machine. */
  issuer: issuerSchema.nullable(),
  /** What the server last said; null before it did. Shown, never decided by. */
  told: z
    .object({
      pool: z.custom<PoolState>((value) => typeof value === 'object' && value !== null).nullable(),
      /** When the pool was as it says. */
      at: moment,
      /** What the team had beyond this machine. */
      elsewhere: z.int().min(0).transform(millicredits),
      team: z.custom<TeamState>((value) => typeof value === 'object' && value !== null).nullable(),
      /** When the team was as it says. */
      teamAt: moment.optional(),
    })
    .transform((told) => ({ ...told, teamAt: told.teamAt ?? told.at }))
    .nullable(),
})
export type TeamFile = Readonly<z.output<typeof schema>>

/** Null when there is none; a damaged one counts as none, for the ledger knows its issuer. */
export function readTeamFile(directory: string): TeamFile | null {
  const file = readJsonFile(join(directory, TEAM_FILE), schema)
  return file.state === 'ok' ? file.data : null
}

/** Keeps it, or with null lets it go. Fails with `disk_full` or `team_not_kept`. */
export function writeTeamFile(directory: string, team: TeamFile | null): Result<null> {
  const path = join(directory, TEAM_FILE)
  try {
    if (team) writeFileAtomic(path, `${JSON.stringify(team)}\n`)
    else rmSync(path, { force: true })
    return success(null)
  } catch (error) {
    const cause = systemErrorCode(error)
    if (cause === undefined) throw error
    if (isDiskFull(cause)) {
      return failure('disk_full', 'The disk is full. Free some space and try again.')
    }
    return failure(
      'team_not_kept',
      'Tallystick may not write to its data folder. Check the folder’s permissions.',
      { cause },
    )
  }
}
