import { lineAmount } from '#shared/pricing/rate-card.ts'
import type { ChargeExplanation } from '#shared/usage/views.ts'
import { Credits } from '../../kit/credits.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { countOf, decisionWords, rateOf } from '../../words/rate-words.ts'
import styles from './charge-details.module.css'

/** How it was computed: units by rate, then what rounding, minimum, maximum or the promise made of it. */
export function ChargeLines({ explanation }: { readonly explanation: ChargeExplanation }) {
  const { charge, rate, row } = explanation
  if (!charge) return null
  const words = decisionWords(charge, rate, row.held)
  return (
    <section>
      <h3 className={styles.title}>The calculation</h3>
      {charge.lines.length > 0 && (
        <Table aria-label="Line items">
          <TableHead columns={['Units', 'Rate', { numeric: 'Credits' }]} />
          <tbody>
            {charge.lines.map((line) => (
              <tr key={line.unit}>
                <Td className={styles.figureText}>{countOf(line.unit, line.units)}</Td>
                <Td className={styles.figureText}>
                  × {rateOf(line)}
                  {line.surcharge && <span className={styles.soft}> (surcharge)</span>}
                </Td>
                <Td numeric>
                  <Credits amount={lineAmount(line)} />
                </Td>
              </tr>
            ))}
            {charge.premium && (
              <tr>
                <Td className={styles.figureText}>
                  For the creator
                  {explanation.facts.recipe && ` of “${explanation.facts.recipe.name}”`}
                </Td>
                <Td className={styles.figureText}>{charge.premium.percent} % on top</Td>
                <Td numeric>
                  <Credits amount={charge.premium.amount} />
                </Td>
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr className={styles.total}>
              <Td colSpan={2}>Charged</Td>
              <Td numeric>
                <Credits amount={charge.amount} />
              </Td>
            </tr>
          </tfoot>
        </Table>
      )}
      {words !== null && <p className={styles.soft}>{words}</p>}
    </section>
  )
}
