import { useState } from 'react'
import { Temporal } from 'temporal-polyfill'
import { addCredits } from '#shared/credits/amount.ts'
import { Credits } from '../../kit/credits.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { creditsInWords } from '../../kit/format.ts'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time, useTimeZone } from '../../kit/time.tsx'
import { useHostData } from '../../state/host.ts'
import styles from './settings.module.css'

/** The balance at a past moment, recomputed from the journal. */
export function BalanceAt() {
  const timeZone = useTimeZone()
  const [text, setText] = useState(() => momentText(Date.now(), timeZone))
  const at = momentAt(text, timeZone)
  return (
    <Section
      title="Balance at a past time"
      text="Recomputed from the ledger’s entries up to that moment."
    >
      <Field
        label={`Date and time (${timeZone})`}
        narrow
        error={at === null ? 'Give a date and a time.' : null}
      >
        <TextInput
          type="datetime-local"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      {at !== null && <BucketsAt at={at} />}
    </Section>
  )
}

function BucketsAt({ at }: { readonly at: number }) {
  const { data, error, loading, reload } = useHostData('balance.at', { at })
  if (error) return <ErrorState error={error} onRetry={reload} />
  if (!data) return <Skeleton label="Loading the balance" lines={3} height={24} />
  if (data.length === 0) {
    return <p className={styles.soft}>There were no credits then: nothing had been granted yet.</p>
  }
  return (
    <div aria-busy={loading}>
      <p aria-live="polite">
        <strong>{creditsInWords(addCredits(...data.map(({ available }) => available)))}</strong> to
        spend on <Time at={at} style="exact" />.
      </p>
      <Table aria-label="Balance by grant at that time">
        <TableHead
          columns={[
            'Grant',
            'Valid until',
            { numeric: 'To spend' },
            { numeric: 'Held' },
            { numeric: 'Spent' },
            { numeric: 'Expired' },
          ]}
        />
        <tbody>
          {data.map(({ grant, available, held, spent, expired }) => (
            <tr key={grant.id}>
              <Td className={styles.itemName}>{grant.label}</Td>
              <Td className={styles.when}>
                {grant.expiresAt === null ? (
                  'Does not expire'
                ) : (
                  <Time at={grant.expiresAt} style="day-year" />
                )}
              </Td>
              {Object.entries({ available, held, spent, expired }).map(([name, amount]) => (
                <Td key={name} numeric>
                  <Credits amount={amount} />
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  )
}

/** As a date-and-time input writes it: `2026-11-21T14:05`. */
function momentText(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' })
}

function momentAt(text: string, timeZone: string): number | null {
  try {
    const at = Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds
    // The minute that was named counts whole: what happened within it is included.
    return at >= 0 ? at + 59_999 : null
  } catch {
    return null
  }
}
