/** Fields that several parts of a catalog have. */

import type { FieldSpec, Variant } from './field-spec.ts'

export const ID: FieldSpec = {
  name: 'id',
  label: 'Id',
  kind: 'text',
  hint: 'Lower-case letters, digits, dots, dashes. History refers to it.',
}

export const NAME: FieldSpec = { name: 'name', label: 'Name', kind: 'text' }

const MONTHS: FieldSpec = { name: 'months', label: 'Months', kind: 'count' }

const EXPIRIES: readonly Variant[] = [
  { value: 'never', label: 'Never', fields: [], fresh: { kind: 'never' } },
  {
    value: 'months',
    label: 'So many months after',
    fields: [MONTHS],
    fresh: { kind: 'months', months: 12 },
  },
  {
    value: 'pool',
    label: 'All of the pool, after the latest purchase',
    fields: [MONTHS],
    fresh: { kind: 'pool', months: 12 },
  },
  {
    value: 'date',
    label: 'On a day',
    fields: [{ name: 'date', label: 'Last day', kind: 'date' }],
    fresh: { kind: 'date', date: '' },
  },
]

export const EXPIRY: FieldSpec = {
  name: 'expiry',
  label: 'Credits end',
  kind: 'variant',
  variants: EXPIRIES,
  otherwise: { kind: 'never' },
}

export const ROLLOVER: FieldSpec = {
  name: 'rollover',
  label: 'Rollover',
  kind: 'group',
  hint: 'What becomes of a cycle’s unspent credits.',
  otherwise: { cycles: 0, maximum: null },
  fields: [
    {
      name: 'cycles',
      label: 'Further cycles',
      kind: 'count',
      empty: 'null',
      hint: '0 for none; empty for good.',
    },
    {
      name: 'maximum',
      label: 'At most',
      kind: 'credits',
      empty: 'null',
      hint: 'Empty for all of it.',
    },
  ],
}

export const QUANTITY: FieldSpec = {
  name: 'quantity',
  label: 'How many at a time',
  kind: 'group',
  otherwise: { minimum: 1, maximum: 1 },
  fields: [
    { name: 'minimum', label: 'At least', kind: 'count' },
    { name: 'maximum', label: 'At most', kind: 'count' },
  ],
}

export const OPERATIONS: FieldSpec = {
  name: 'operations',
  label: 'Pays for',
  kind: 'several',
  of: 'operations',
  all: true,
  wide: true,
}

export const PLANS: FieldSpec = {
  name: 'plans',
  label: 'For plans',
  kind: 'several',
  of: 'plans',
  all: true,
  wide: true,
}

export const ALERTS: FieldSpec = {
  name: 'alerts',
  label: 'Alerts',
  kind: 'list',
  entry: 'Alert',
  hint: 'When people are told that credits run low.',
  wide: true,
  fresh: { id: 'half', kind: 'used', percent: 50 },
  fields: [
    ID,
    {
      name: 'kind',
      label: 'Tells',
      kind: 'choice',
      otherwise: 'used',
      options: [
        { value: 'used', label: 'At so many percent used' },
        { value: 'left', label: 'When so much is left' },
      ],
    },
    {
      name: 'percent',
      label: 'Percent used',
      kind: 'count',
      when: { name: 'kind', is: 'used' },
    },
    {
      name: 'credits',
      label: 'Credits left',
      kind: 'credits',
      when: { name: 'kind', is: 'left' },
    },
  ],
}

export const CAPS: FieldSpec = {
  name: 'caps',
  label: 'Caps',
  kind: 'list',
  entry: 'Cap',
  hint: 'Limits on what may be spent in a stretch of time. The tightest wins.',
  wide: true,
  fresh: { id: 'daily', name: 'Daily', limit: '100', kind: 'hard', window: 'day' },
  fields: [
    ID,
    NAME,
    { name: 'limit', label: 'Limit', kind: 'credits' },
    {
      name: 'kind',
      label: 'When it is reached',
      kind: 'choice',
      otherwise: 'hard',
      options: [
        { value: 'hard', label: 'Refuse the run' },
        { value: 'soft', label: 'Only warn' },
      ],
    },
    {
      name: 'window',
      label: 'Counted over',
      kind: 'choice',
      otherwise: 'day',
      options: [
        { value: 'hour', label: 'An hour' },
        { value: 'day', label: 'A day' },
        { value: 'week', label: 'A week' },
        { value: 'month', label: 'A calendar month' },
        { value: 'cycle', label: 'A billing cycle' },
        { value: 'rolling', label: 'The last minutes' },
      ],
    },
    {
      name: 'minutes',
      label: 'Minutes',
      kind: 'count',
      when: { name: 'window', is: 'rolling' },
    },
    {
      name: 'scope',
      label: 'Counts',
      kind: 'group',
      hint: 'Empty for all together; “each” for every one by itself; or the name of one.',
      otherwise: {},
      fields: [
        { name: 'member', label: 'Member', kind: 'text', empty: 'absent' },
        { name: 'device', label: 'Machine', kind: 'text', empty: 'absent' },
        { name: 'operation', label: 'Operation', kind: 'text', empty: 'absent' },
        { name: 'subject', label: 'Subject', kind: 'text', empty: 'absent' },
      ],
    },
  ],
}
