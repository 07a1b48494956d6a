import { formatMoney } from '#shared/credits/format.ts'
import type { BillingView, InvoiceLine, InvoiceView } from '#shared/host/billing.ts'
import { Credits } from '../../kit/credits.tsx'
import { formatCount } from '../../kit/format.ts'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'

const KINDS: Readonly<Record<InvoiceLine['kind'], string>> = {
  plan: 'Plan',
  'add-on': 'Add-on',
  overage: 'Overage',
}

/** What each past month came to, line by line, by the prices of the catalog. */
export function PastMonths({ billing }: { readonly billing: BillingView }) {
  return (
    <Section title="Past months" text="What each month came to by the catalog’s prices.">
      {billing.invoices.length === 0 ? (
        <Note>The first month is still running.</Note>
      ) : (
        <Table framed aria-label="Past months">
          <TableHead
            columns={[
              'Month',
              'For',
              { numeric: 'Quantity' },
              { numeric: 'Credits' },
              { numeric: 'Price' },
            ]}
          />
          <tbody>
            {billing.invoices.flatMap((invoice) =>
              invoice.lines.map((line, index) => (
                <InvoiceRow
                  key={`${invoice.startsAt} ${index}`}
                  invoice={invoice}
                  line={line}
                  first={index === 0}
                />
              )),
            )}
          </tbody>
        </Table>
      )}
    </Section>
  )
}

function InvoiceRow(props: {
  readonly invoice: InvoiceView
  readonly line: InvoiceLine
  readonly first: boolean
}) {
  const { invoice, line, first } = props
  return (
    <tr>
      <Td>
        <span className={first ? undefined : 'visually-hidden'}>
          <Time at={invoice.startsAt} style="day-year" /> to{' '}
          <Time at={invoice.endsAt} style="day-year" />
        </span>
      </Td>
      <Td wide>
        {line.name} <Note>{KINDS[line.kind]}</Note>
      </Td>
      <Td numeric>{formatCount(line.quantity)}</Td>
      <Td numeric>
        <Credits amount={line.credits} />
      </Td>
      <Td numeric>{line.price === null ? '–' : formatMoney(line.price)}</Td>
    </tr>
  )
}
