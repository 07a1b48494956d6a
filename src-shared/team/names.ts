/**
 * The names that people give: to the team, to those in it and to their machines. The account document
 * holds them, each under a key of its own (decision 0018).
 */

import { z } from 'zod'
import type { Result } from '../result.ts'
import {
  type Actor,
  mayManageDevice,
  mayRenameMember,
  mayRenameTeam,
  type Subject,
} from './rules.ts'

/** The most characters of any of them. */
export const MAX_NAME = 60

/** One line that says something. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(MAX_NAME)
  .regex(/^\P{Cc}*$/u, 'A name is one line')

/** Whether a value is a name as it is kept, with nothing around it. */
export function isName(value: unknown): value is string {
  const read = nameSchema.safeParse(value)
  return read.success && read.data === value
}

/** What has a name. */
export const namedSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('team') }),
  z.strictObject({ kind: z.enum(['member', 'device']), id: z.string().min(1).max(200) }),
])
export type Named = Readonly<z.output<typeof namedSchema>>

/** The key of its name in the account document. */
export function nameKey(named: Named): string {
  return named.kind === 'team' ? named.kind : `${named.kind}:${named.id}`
}

const KEY = /^(member|device):([\w~-]{1,200})$/

/** What a key of the account document is the name of; null for any other key. */
export function readNameKey(key: string): Named | null {
  if (key === 'team') return { kind: 'team' }
  const [, kind, id] = KEY.exec(key) ?? []
  return id === undefined ? null : { kind: kind as 'member' | 'device', id }
}

/**
 * Whether somebody may give it a name: themselves and their own machines, and by their role the rest.
 * `holder` is the member, or whose machine it is.
 */
export function mayName(actor: Actor, named: Named, holder: Subject): Result<null> {
  if (named.kind === 'team') return mayRenameTeam(actor)
  return named.kind === 'member' ? mayRenameMember(actor, holder) : mayManageDevice(actor, holder)
}
