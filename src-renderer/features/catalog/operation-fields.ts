import { UNIT_NAMES as UNITS } from '#shared/credits/units.ts'
import { UNIT_NAMES } from '../../words/unit-names.ts'
import type { FieldSpec } from './field-spec.ts'
import { ID, NAME } from './shared-fields.ts'

const PRICE_LINE: readonly FieldSpec[] = [
  {
    name: 'unit',
    label: 'Unit',
    kind: 'choice',
    otherwise: 'requests',
    options: UNITS.map((unit) => ({ value: unit, label: UNIT_NAMES[unit] })),
  },
  { name: 'price', label: 'Credits', kind: 'credits' },
  { name: 'per', label: 'For every', kind: 'count' },
]

const COUNTS: readonly FieldSpec[] = UNITS.map((unit) => ({
  name: unit,
  label: UNIT_NAMES[unit],
  kind: 'count',
  empty: 'absent',
}))

/** An operation of the rate card, as the form shows it. */
export const OPERATION_FIELDS: readonly FieldSpec[] = [
  ID,
  NAME,
  {
    name: 'kind',
    label: 'Kind',
    kind: 'choice',
    otherwise: 'text',
    options: [
      { value: 'text', label: 'Text' },
      { value: 'image', label: 'Image' },
      { value: 'speech', label: 'Voice' },
      { value: 'video', label: 'Video' },
      { value: 'extraction', label: 'Extraction' },
    ],
  },
  {
    name: 'increment',
    label: 'Rounded up to a multiple of',
    kind: 'credits',
    hint: 'Once, after summing.',
  },
  { name: 'minimum', label: 'A run costs at least', kind: 'credits' },
  {
    name: 'maximum',
    label: 'A run costs at most',
    kind: 'credits',
    empty: 'absent',
    hint: 'Empty for no maximum.',
  },
  {
    name: 'components',
    label: 'Price',
    kind: 'list',
    entry: 'Price line',
    wide: true,
    fields: PRICE_LINE,
    fresh: { unit: 'outputTokens', price: '1', per: 1_000 },
  },
  {
    name: 'surcharges',
    label: 'Surcharges',
    kind: 'list',
    entry: 'Surcharge',
    hint: 'On top: neither the least nor the most touches these.',
    wide: true,
    fields: PRICE_LINE,
    fresh: { unit: 'searches', price: '1', per: 1 },
  },
  {
    name: 'limits',
    label: 'Most that one run may ask for',
    kind: 'group',
    wide: true,
    otherwise: {},
    fields: COUNTS,
  },
  {
    name: 'typical',
    label: 'What a run takes on average',
    kind: 'group',
    hint: 'Shown only; nothing is charged by it.',
    wide: true,
    otherwise: {},
    fields: COUNTS,
  },
]
