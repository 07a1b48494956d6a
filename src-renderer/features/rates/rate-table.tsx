import type { OperationRate } from '#shared/catalog/rates.ts'
import { priceUnits } from '#shared/pricing/rate-card.ts'
import { LinkButton } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { rateOf } from '../../words/rate-words.ts'
import styles from './rate-table.module.css'

const KINDS: readonly (readonly [OperationRate['kind'], string])[] = [
  ['text', 'Text'],
  ['image', 'Image'],
  ['speech', 'Voice'],
  ['video', 'Video'],
  ['extraction', 'Extraction'],
]

interface RateTableProps {
  readonly operations: readonly OperationRate[]
  /** The one in the calculator. */
  readonly chosenId: string | null
  readonly onChoose: (id: string) => void
}

/** The rate card, by kind. A name puts its operation into the calculator. */
export function RateTable({ operations, chosenId, onChoose }: RateTableProps) {
  return (
    <Table framed aria-label="Rates, in credits">
      <TableHead
        columns={['Operation', 'Price', { numeric: 'At least' }, { numeric: 'At most' }]}
      />
      {KINDS.map(([kind, title]) => {
        const rates = operations.filter((rate) => rate.kind === kind)
        if (rates.length === 0) return null
        return (
          <tbody key={kind}>
            <tr>
              <th className={styles.kind} colSpan={4} scope="rowgroup">
                {title}
              </th>
            </tr>
            {rates.map((rate) => (
              <RateRow
                key={rate.id}
                rate={rate}
                chosen={rate.id === chosenId}
                onChoose={() => onChoose(rate.id)}
              />
            ))}
          </tbody>
        )
      })}
    </Table>
  )
}

function RateRow(props: {
  readonly rate: OperationRate
  readonly chosen: boolean
  readonly onChoose: () => void
}) {
  const { rate, chosen, onChoose } = props
  return (
    <tr className={chosen ? styles.chosen : undefined}>
      <Td className={styles.name}>
        <LinkButton
          className={styles.open}
          aria-pressed={chosen}
          title="Use in the calculator"
          onClick={onChoose}
        >
          {rate.name}
        </LinkButton>
      </Td>
      <Td className={styles.prices}>
        <ul className={styles.list}>
          {rate.components.map((component) => (
            <li key={component.unit}>{rateOf(component)}</li>
          ))}
          {rate.surcharges.map((component) => (
            <li key={component.unit} className={styles.surcharge}>
              plus {rateOf(component)}
            </li>
          ))}
          {rate.typical && (
            <li className={styles.surcharge}>
              about <Credits amount={priceUnits(rate, rate.typical).amount} /> on average
            </li>
          )}
        </ul>
      </Td>
      <Td numeric>{rate.minimum === 0 ? '–' : <Credits amount={rate.minimum} />}</Td>
      <Td numeric>{rate.maximum === undefined ? '–' : <Credits amount={rate.maximum} />}</Td>
    </tr>
  )
}
