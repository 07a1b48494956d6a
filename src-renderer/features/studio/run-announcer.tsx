import type { RunView } from '#shared/host/views.ts'
import { creditsInWords } from '../../kit/format.ts'
import { useRunsStore } from '../../state/runs-store.ts'
import { endingWords } from '../../words/ending-words.ts'

/** Tells a screen reader, politely, that a run began and how it ended. Once per studio. */
export function RunAnnouncer({ operationId }: { readonly operationId: string | null }) {
  // Words, not the run: a piece of the reply changes nothing here.
  const words = useRunsStore(({ runs }) => {
    const run = operationId === null ? undefined : runs[operationId]
    return run ? wordsFor(run) : ''
  })
  return (
    <div role="status" className="visually-hidden">
      {words}
    </div>
  )
}

function wordsFor({ phase, ending }: RunView): string {
  if (ending) {
    return endingWords(ending)?.text ?? `Finished. ${creditsInWords(ending.charged)}.`
  }
  return phase === 'retrying' ? 'The provider is busy. Trying again.' : 'Running.'
}
