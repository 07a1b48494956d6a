/** Brings what others labelled into this machine's ledger, and tells windows of it. */

import type { Log } from '#shared/ports/log.ts'
import type { Label, LabelEdit } from '#shared/usage/labels.ts'
import type { OpenLedger } from '../ledger/open.ts'
import type { Replica } from '../sync/records/replica/replica.ts'
import type { Events } from './events.ts'

/** Labels taken in before others may go on. */
const AT_ONCE = 200

export interface TeamLabelsDeps {
  readonly ledger: Pick<OpenLedger, 'labelled'>
  readonly replica: Pick<Replica, 'labelsAfter' | 'onLabels'>
  readonly events: Pick<Events, 'emit'>
  readonly log: Log
}

/**
 * Takes in what is there and what comes from now on; returns how to stop. Begins at the first label
 * each time: a ledger that was restored since hears all of it again.
 */
export function followTeamLabels({ ledger, replica, events, log }: TeamLabelsDeps): () => void {
  let last = 0
  let isStopped = false
  let next: NodeJS.Immediate | null = null

  function takeSome(): void {
    next = null
    const some = replica.labelsAfter(last, AT_ONCE)
    if (some.length === 0) return
    const taken = ledger.labelled.take(some.map(({ label }) => label))
    if (!taken.ok) {
      // The next to come, or the next start, tries again.
      log.warn('What others labelled could not be written', { code: taken.error.code })
      return
    }
    last = some.at(-1)?.number ?? last
    for (const event of editsOf(taken.data)) events.emit({ type: 'labels', ...event })
    goOn()
  }

  function goOn(): void {
    if (!isStopped) next ??= setImmediate(takeSome)
  }

  const stopListening = replica.onLabels(goOn)
  goOn()
  return () => {
    isStopped = true
    stopListening()
    if (next) clearImmediate(next)
  }
}

/** The same words of several operations are one edit. */
function editsOf(
  labels: readonly Label[],
): readonly { readonly operationIds: readonly string[]; readonly edit: LabelEdit }[] {
  const edits = new Map<string, LabelEdit>()
  for (const { operationId, field, value } of labels) {
    edits.set(operationId, { ...edits.get(operationId), [field]: value })
  }
  const groups = new Map<string, { operationIds: string[]; edit: LabelEdit }>()
  for (const [operationId, edit] of edits) {
    const key = JSON.stringify([edit.subject ?? null, edit.note ?? null])
    const group = groups.get(key) ?? { operationIds: [], edit }
    group.operationIds.push(operationId)
    groups.set(key, group)
  }
  return [...groups.values()]
}
