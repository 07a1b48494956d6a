import { useState } from 'react'
import type { RedeemedView } from '#shared/host/billing.ts'
import { Button } from '../../kit/button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { creditsInWords, formatTime } from '../../kit/format.ts'
import { Section } from '../../kit/page.tsx'
import { useTimeZone } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callHost } from '../../state/host.ts'

type Answer =
  { readonly kind: 'given'; readonly text: string } | { readonly kind: 'refused'; text: string }

/** A promo code: what it gave, or why it was not taken, said at the field. */
export function PromoSection() {
  const timeZone = useTimeZone()
  const [code, setCode] = useState('')
  const [busy, whileBusy] = useBusy()
  const [answer, setAnswer] = useState<Answer | null>(null)
  const redeem = async () => {
    const result = await whileBusy(callHost('promo.redeem', { code }))
    if (!result.ok) {
      setAnswer({ kind: 'refused', text: result.error.message })
      return
    }
    setAnswer({ kind: 'given', text: givenWords(result.data, timeZone) })
    setCode('')
  }
  return (
    <Section title="Promo code">
      <Form inLine onSubmit={redeem}>
        <Field label="Code" narrow error={answer?.kind === 'refused' ? answer.text : null}>
          <TextInput
            value={code}
            maxLength={60}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => {
              setCode(event.target.value)
              setAnswer(null)
            }}
          />
        </Field>
        <Button type="submit" busy={busy} disabled={code.trim() === ''}>
          Redeem
        </Button>
      </Form>
      <p role="status">{answer?.kind === 'given' ? answer.text : ''}</p>
    </Section>
  )
}

function givenWords({ name, credits, expiresAt }: RedeemedView, timeZone: string): string {
  if (credits === null) return `${name} was taken.`
  const until =
    expiresAt === null ? '' : `, good until ${formatTime(expiresAt, timeZone, 'day-year')}`
  return `${name}: ${creditsInWords(credits)} were added${until}.`
}
