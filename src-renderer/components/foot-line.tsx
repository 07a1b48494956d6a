import type { RunEnding } from '#shared/host/views.ts'
import { creditsInWords, formatDuration } from '../kit/format.ts'
import { classes } from '../kit/classes.ts'
import { openCharge } from '../state/charge-dialog.ts'
import { endingWords } from '../words/ending-words.ts'
import styles from './foot-line.module.css'

interface FootLineProps {
  readonly operationId: string
  readonly ending: RunEnding
  readonly modelName: string
}

/** `14 credits · 1.2 s · model` under every result; opens how it was charged. */
export function FootLine({ operationId, ending, modelName }: FootLineProps) {
  const words = endingWords(ending)
  return (
    <div className={styles.foot}>
      {words && <p className={classes(styles.words, styles[words.tone])}>{words.text}</p>}
      <button
        type="button"
        className={styles.line}
        title="How this was charged"
        onClick={() => openCharge(operationId)}
      >
        {[creditsInWords(ending.charged), formatDuration(ending.elapsedMs), modelName]
          .filter(Boolean)
          .join(' · ')}
      </button>
    </div>
  )
}
