/** All that is in a replica's file, by subject. */

import type { Statements } from '../database.ts'
import { storedDocuments } from './stored-documents.ts'
import { storedLabels } from './stored-labels.ts'
import { storedStretches } from './stored-stretches.ts'
import { storedTails } from './stored-tails.ts'
import { storedUsage } from './stored-usage.ts'

export type ReplicaStore = ReturnType<typeof createReplicaStore>

export const createReplicaStore = (ask: Statements) => ({
  ...storedDocuments(ask),
  ...storedTails(ask),
  ...storedStretches(ask),
  ...storedLabels(ask),
  ...storedUsage(ask),
})
