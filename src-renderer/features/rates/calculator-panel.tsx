import { useMemo, useState } from 'react'
import type { OperationRate } from '#shared/catalog/rates.ts'
import { priceUnits } from '#shared/pricing/rate-card.ts'
import type { UnitName, Units } from '#shared/credits/units.ts'
import { creditsInWords } from '../../kit/format.ts'
import { NumberField } from '../../kit/number-field.tsx'
import { Select } from '../../kit/select.tsx'
import { decisionWords } from '../../words/rate-words.ts'
import {
  calculatorFields,
  startingUnits,
  type TextMeasure,
  tokensToWords,
  wordsToTokens,
} from './calculator.ts'
import { PricePlotFigure } from './price-plot-figure.tsx'
import { plotPrices } from './price-plot.ts'
import styles from './calculator.module.css'

interface CalculatorProps {
  readonly rate: OperationRate
  readonly operations: readonly OperationRate[]
  readonly onChoose: (id: string) => void
}

const MEASURES = [
  { value: 'words', label: 'Words' },
  { value: 'tokens', label: 'Tokens' },
] as const

/** The largest count the inputs take; more than any run, and still a price. */
const MOST = 1_000_000
const STEPS: Readonly<Partial<Record<UnitName, number>>> = {
  inputTokens: 50,
  cachedInputTokens: 50,
  outputTokens: 50,
  characters: 100,
}

/** Units in, price out, by the same rule that charges; and the price drawn against the length. */
export function Calculator({ rate, operations, onChoose }: CalculatorProps) {
  const [units, setUnits] = useState<Units>(() => startingUnits(rate))
  const [measure, setMeasure] = useState<TextMeasure>('words')
  const fields = useMemo(() => calculatorFields(rate), [rate])
  const charge = useMemo(() => priceUnits(rate, units), [rate, units])
  const plot = useMemo(() => plotPrices(rate, units), [rate, units])
  const why = decisionWords(charge, rate, charge.amount)
  return (
    <div className={styles.panel}>
      <div className={styles.inputs}>
        <Select
          label="Operation"
          value={rate.id}
          options={operations.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={onChoose}
        />
        {fields.some(({ isText }) => isText) && (
          <Select<TextMeasure>
            label="Count text in"
            value={measure}
            options={MEASURES}
            onChange={setMeasure}
          />
        )}
        {fields.map(({ unit, label, isText, limit }) => {
          const inWords = isText && measure === 'words'
          const count = units[unit] ?? 0
          return (
            <NumberField
              key={unit}
              className={styles.count}
              label={isText ? `${label} (${measure})` : label}
              min={0}
              max={Math.min(limit, MOST)}
              step={STEPS[unit] ?? 1}
              value={inWords ? tokensToWords(count) : count}
              onChange={(next) =>
                setUnits((before) => ({ ...before, [unit]: inWords ? wordsToTokens(next) : next }))
              }
            />
          )
        })}
      </div>
      <div className={styles.result}>
        <p className={styles.label}>One run costs</p>
        <output className={styles.price}>{creditsInWords(charge.amount)}</output>
        {why !== null && <p className={styles.note}>{why}</p>}
        <PricePlotFigure rate={rate} plot={plot} units={units} measure={measure} />
      </div>
    </div>
  )
}
