import type { ReactNode } from 'react'
import type { ChargeExplanation } from '#shared/usage/views.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { openCharge } from '../../state/charge-dialog.ts'
import { Credits } from '../../kit/credits.tsx'
import { formatCredits, formatDuration } from '../../kit/format.ts'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { OUTCOME_NAMES } from '../../words/ending-words.ts'
import { STUDIO_NAMES } from '../../words/studio-names.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { ChargeLines } from './charge-lines.tsx'
import { LabelForm } from './label-form.tsx'
import { EntryProofs } from './entry-proofs.tsx'
import { ReportCharge } from './report-charge.tsx'
import { grantName, reasonWords, verdict } from './charge-words.ts'
import { NO_SUBJECT, statusWords } from './usage-words.ts'
import { Fact, Facts } from '../../kit/facts.tsx'
import styles from './charge-details.module.css'

/** One charge, opened: what was promised, what it came to and why, who paid, and the proof. */
export function ChargeDetails({ explanation }: { readonly explanation: ChargeExplanation }) {
  const { row, facts, reason } = explanation
  const status = statusWords(row)
  return (
    <div className={styles.details}>
      <div className={styles.head}>
        <p className={styles.what}>
          <strong>{row.operationName}</strong>
          <Badge tone={status.tone}>{status.text}</Badge>
        </p>
        <p>{verdict(explanation)}</p>
        {reason !== null && <p className={styles.soft}>{reasonWords(reason)}</p>}
      </div>
      <dl className={styles.figures}>
        <Figure name="Quote">
          {facts.quote.expected === facts.quote.maximum
            ? formatCredits(facts.quote.maximum)
            : `${formatCredits(facts.quote.expected)}–${formatCredits(facts.quote.maximum)}`}
        </Figure>
        <Figure name="Hold">
          <Credits amount={row.held} />
        </Figure>
        <Figure name="Actual" strong>
          {row.charged === null ? 'still running' : <Credits amount={row.charged} />}
        </Figure>
      </dl>
      <ChargeLines explanation={explanation} />
      <PaidBy explanation={explanation} />
      <LabelForm key={`${row.subject} ${row.note}`} row={row} />
      <RunFacts explanation={explanation} />
      <EntryProofs entries={explanation.entries} />
      <ReportCharge row={row} />
    </div>
  )
}

function Figure(props: {
  readonly name: string
  readonly strong?: boolean
  readonly children: ReactNode
}) {
  return (
    <div className={styles.figure}>
      <dt>{props.name}</dt>
      <dd className={props.strong ? styles.strong : undefined}>{props.children}</dd>
    </div>
  )
}

/** Which grants paid; while it runs, from which the hold was taken. */
function PaidBy({ explanation }: { readonly explanation: ChargeExplanation }) {
  const { paidBy } = explanation
  if (paidBy.length === 0) return null
  return (
    <section>
      <h3 className={styles.title}>Paid by</h3>
      <Table aria-label="Which grants paid">
        <TableHead columns={['Grant', 'Valid until', { numeric: 'Credits' }]} />
        <tbody>
          {paidBy.map(({ grant, amount }) => (
            <tr key={grant.id}>
              <Td className={styles.wrap}>{grantName(grant)}</Td>
              <Td>
                {grant.expiresAt === null ? (
                  'Does not expire'
                ) : (
                  <Time at={grant.expiresAt} style="day-year" />
                )}
              </Td>
              <Td numeric>
                <Credits amount={amount} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  )
}

function RunFacts({ explanation }: { readonly explanation: ChargeExplanation }) {
  const { row, facts } = explanation
  return (
    <section>
      <h3 className={styles.title}>The run</h3>
      <Facts layout="pairs">
        <Fact name="When">
          <Time at={row.at} style="exact" />
          {row.endedAt !== null && `, took ${formatDuration(row.endedAt - row.at)}`}
        </Fact>
        <Fact name="How it ended">
          {row.outcome === null ? 'It is still running' : OUTCOME_NAMES[row.outcome]}
        </Fact>
        {facts.recipe && <Fact name="Recipe">{facts.recipe.name}</Fact>}
        {facts.reuseOf !== undefined && <TakenFrom operationId={facts.reuseOf} />}
        <Fact name="Model">
          {facts.modelName} · {facts.providerName}
        </Fact>
        <Fact name="Studio">{STUDIO_NAMES[facts.studio]}</Fact>
        {facts.subject !== row.subject && (
          <Fact name="Subject when it ran">
            {facts.subject === '' ? NO_SUBJECT : facts.subject}
          </Fact>
        )}
        {row.usageSource !== null && (
          <Fact name="Units">
            {row.usageSource === 'provider'
              ? 'As the provider reported them'
              : 'Counted on this machine: the provider reported none'}
          </Fact>
        )}
        <Fact name="Catalog">{facts.quote.catalogVersion}</Fact>
        <Fact name="Machine">
          <code>{facts.deviceId}</code>
        </Fact>
        <Fact name="Operation id">
          <code>{facts.operationId}</code>{' '}
          <CopyButton text={facts.operationId} label="Copy the operation id" />
        </Fact>
      </Facts>
    </section>
  )
}

/** Leads to the run that made what was taken from the library. */
function TakenFrom({ operationId }: { readonly operationId: string }) {
  return (
    <Fact name="Made by">
      <Button size="small" onClick={() => openCharge(operationId)}>
        Show the run that made it
      </Button>
    </Fact>
  )
}
