/** Everything that a machine may call at its server over HTTP. */

import type { z } from 'zod'
import type { OutputOf } from '../ports/contract.ts'
import { type OpenCallName, teamCalls } from './api.ts'
import { buyingCalls } from './buying.ts'

export const serverCalls = { ...teamCalls, ...buyingCalls } as const

export type ServerCalls = typeof serverCalls
export type ServerCallName = keyof ServerCalls
export type ServerCallInput<Name extends ServerCallName> = z.input<ServerCalls[Name]['input']>
export type ServerCallOutput<Name extends ServerCallName> = OutputOf<ServerCalls[Name]>

/** Those that need a session. */
export type MemberCallName = Exclude<ServerCallName, OpenCallName>
