import type { RunView } from '#shared/host/views.ts'
import { creditsInWords } from '../../kit/format.ts'
import { endingWords } from '../../words/ending-words.ts'

/** Tells a screen reader, politely, that a run began and how it ended. Once per studio. */
export function RunAnnouncer({ run }: { readonly run: RunView | undefined }) {
  return (
    <div role="status" className="visually-hidden">
      {run ? wordsFor(run) : ''}
    </div>
  )
}

function wordsFor({ phase, ending }: RunView): string {
  if (ending) {
    return endingWords(ending)?.text ?? `Finished. ${creditsInWords(ending.charged)}.`
  }
  return phase === 'retrying' ? 'The provider is busy. Trying again.' : 'Running.'
}
