import type { CatalogProblem } from '#shared/catalog/catalog.ts'
import { plural } from '../../kit/format.ts'
import { problemText } from './editing.ts'
import styles from './catalog.module.css'

interface ProblemListProps {
  readonly problems: readonly CatalogProblem[]
  /** Leads to the field. */
  readonly onShow: (place: string) => void
}

/** Every problem of the draft with its place; each leads to its field. */
export function ProblemList({ problems, onShow }: ProblemListProps) {
  return (
    <section className={styles.problems} aria-label="What is wrong">
      <p role="status">
        <strong>{plural(problems.length, 'problem')}.</strong> The draft cannot be published until{' '}
        {problems.length === 1 ? 'it is' : 'they are'} mended.
      </p>
      <ul className={styles.problemList}>
        {problems.map((problem, index) => (
          <li key={`${index} ${problem.path}`}>
            <button type="button" className={styles.problem} onClick={() => onShow(problem.path)}>
              <span className={styles.place}>{problem.path || 'the whole'}</span>{' '}
              {problemText(problem)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
