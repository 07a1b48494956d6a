import type { FieldSpec } from './field-spec.ts'
import { ALERTS, CAPS, ID, NAME, ROLLOVER } from './shared-fields.ts'

/** A plan, as the form shows it. */
export const PLAN_FIELDS: readonly FieldSpec[] = [
  ID,
  NAME,
  { name: 'description', label: 'Description', kind: 'text', wide: true },
  { name: 'allowance', label: 'Credits a month', kind: 'credits' },
  { name: 'perSeat', label: 'For each seat', kind: 'flag', otherwise: false },
  {
    name: 'price',
    label: 'Price a month',
    kind: 'money',
    empty: 'null',
    hint: 'Empty for by agreement.',
  },
  {
    name: 'annualPrice',
    label: 'Price a year',
    kind: 'money',
    empty: 'null',
    hint: 'Empty where it is not sold by the year.',
  },
  { name: 'offered', label: 'Offered', kind: 'flag', otherwise: true },
  { name: 'packs', label: 'Packs may be bought', kind: 'flag', otherwise: false },
  { name: 'addOns', label: 'Add-ons may be bought', kind: 'flag', otherwise: false },
  {
    name: 'atZero',
    label: 'At zero',
    kind: 'variant',
    otherwise: { kind: 'pause' },
    variants: [
      {
        value: 'pause',
        label: 'AI pauses until credits come',
        fields: [],
        fresh: { kind: 'pause' },
      },
      { value: 'block', label: 'New runs are refused', fields: [], fresh: { kind: 'block' } },
      {
        value: 'overage',
        label: 'Runs go on and are invoiced',
        fields: [
          { name: 'limit', label: 'At most a cycle', kind: 'credits' },
          {
            name: 'pricePerHundred',
            label: 'Price of 100 credits',
            kind: 'money',
            empty: 'absent',
            hint: 'Empty for by agreement.',
          },
        ],
        fresh: { kind: 'overage', limit: '1000' },
      },
    ],
  },
  ROLLOVER,
  {
    name: 'entitlements',
    label: 'May use',
    kind: 'group',
    wide: true,
    otherwise: { operations: 'all', models: 'all', trials: [] },
    fields: [
      {
        name: 'operations',
        label: 'Operations',
        kind: 'several',
        of: 'operations',
        all: true,
        wide: true,
      },
      {
        name: 'models',
        label: 'Models, one a line, * for anything',
        kind: 'lines',
        all: true,
        wide: true,
      },
      {
        name: 'trials',
        label: 'Trials',
        kind: 'list',
        entry: 'Trial',
        wide: true,
        hint: 'Operations outside the plan that may be tried.',
        fresh: { operation: '', runs: 3 },
        fields: [
          { name: 'operation', label: 'Operation', kind: 'reference', of: 'operations' },
          { name: 'runs', label: 'Runs', kind: 'count' },
          {
            name: 'days',
            label: 'Days from the first',
            kind: 'count',
            empty: 'null',
            hint: 'Empty for as long as the plan lasts.',
          },
        ],
      },
    ],
  },
  CAPS,
  { ...ALERTS, hint: 'In place of the catalog’s alerts, where there are any.' },
]
