import { useId } from 'react'
import { formatMoney } from '#shared/credits/format.ts'
import { classes } from '../../kit/classes.ts'
import { creditsInWords } from '../../kit/format.ts'
import { quantityWords } from '../../words/purchase-words.ts'
import { type Choice, CHOICE_KINDS } from './choices.ts'
import styles from './purchase.module.css'

interface ChoiceListProps {
  readonly choices: readonly Choice[]
  readonly chosen: Choice | null
  readonly onChoose: (id: string) => void
}

/** Packs, add-ons and plans to choose one of; what cannot be had says why. */
export function ChoiceList({ choices, chosen, onChoose }: ChoiceListProps) {
  const name = useId()
  return (
    <div className={styles.choices} role="radiogroup" aria-label="What to get">
      {kindsOf(choices).map(({ kind, title, ofKind }) => {
        const barrier = sharedBarrier(ofKind)
        return (
          <div key={kind} className={styles.kind}>
            <h3 className={styles.kindTitle}>{title}</h3>
            {barrier !== null && <p className={styles.soft}>{barrier}</p>}
            {ofKind.map((choice) => (
              <ChoiceRow
                key={choice.id}
                name={name}
                choice={choice}
                checked={choice === chosen}
                saysWhyNot={barrier === null}
                onChoose={onChoose}
              />
            ))}
          </div>
        )
      })}
    </div>
  )
}

/** The kinds there are; those of which nothing can be had come last. */
function kindsOf(choices: readonly Choice[]) {
  const kinds = CHOICE_KINDS.map(({ kind, title }) => {
    const ofKind = choices.filter((choice) => choice.kind === kind)
    return { kind, title, ofKind, closed: ofKind.every(({ block }) => block !== null) }
  }).filter(({ ofKind }) => ofKind.length > 0)
  return [...kinds.filter(({ closed }) => !closed), ...kinds.filter(({ closed }) => closed)]
}

/** What keeps all of them from being bought, to be said once; null where it differs. */
function sharedBarrier(choices: readonly Choice[]): string | null {
  const [first] = choices
  const message = first?.block?.message ?? null
  return choices.every(({ block }) => block?.message === message) ? message : null
}

interface ChoiceRowProps {
  readonly name: string
  readonly choice: Choice
  readonly checked: boolean
  readonly saysWhyNot: boolean
  readonly onChoose: (id: string) => void
}

function ChoiceRow({ name, choice, checked, saysWhyNot, onChoose }: ChoiceRowProps) {
  const { id, price, credits, terms, block } = choice
  const label = choice.kind === 'plan' ? `${choice.name} plan` : choice.name
  const howMany = quantityWords(choice.quantity)
  const details = [
    ...(choice.kind !== 'pack' && credits > 0 ? [creditsInWords(credits)] : []),
    ...(terms === '' ? [] : [terms]),
    ...(howMany === null ? [] : [howMany]),
  ]
  return (
    <label className={classes(styles.choice, checked && styles.chosen)}>
      <input
        type="radio"
        name={name}
        checked={checked}
        disabled={block !== null}
        onChange={() => onChoose(id)}
      />
      <span className={styles.choiceName}>
        {label}
        <span className={styles.soft}>
          {block && saysWhyNot ? block.message : details.join(' · ')}
        </span>
      </span>
      {price && <span className={styles.price}>{formatMoney(price)}</span>}
    </label>
  )
}
