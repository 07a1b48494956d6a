/** The parts of a catalog in the order the editor shows them. */

import type { FieldSpec, SectionSpec } from './field-spec.ts'
import { OPERATION_FIELDS } from './operation-fields.ts'
import { PLAN_FIELDS } from './plan-fields.ts'
import { POLICY_FIELDS } from './policy-fields.ts'
import { EXPIRY, ID, NAME, OPERATIONS, PLANS, QUANTITY, ROLLOVER } from './shared-fields.ts'

const PRICE: FieldSpec = { name: 'price', label: 'Price', kind: 'money' }

const PACK_FIELDS: readonly FieldSpec[] = [
  ID,
  NAME,
  { name: 'credits', label: 'Credits', kind: 'credits' },
  PRICE,
  {
    name: 'source',
    label: 'Counts as',
    kind: 'choice',
    otherwise: 'pack',
    options: [
      { value: 'pack', label: 'Pack' },
      { value: 'add-on', label: 'Add-on, bought once' },
    ],
  },
  EXPIRY,
  QUANTITY,
  OPERATIONS,
  PLANS,
]

const ADD_ON_FIELDS: readonly FieldSpec[] = [
  ID,
  NAME,
  { name: 'credits', label: 'Credits a month', kind: 'credits' },
  { ...PRICE, label: 'Price a month' },
  QUANTITY,
  ROLLOVER,
  OPERATIONS,
  PLANS,
]

const PERCENT: FieldSpec = { name: 'percent', label: 'Percent', kind: 'count' }

const PROMOTION_FIELDS: readonly FieldSpec[] = [
  { name: 'code', label: 'Code', kind: 'text', hint: 'Capital letters, digits, dashes.' },
  NAME,
  {
    name: 'gives',
    label: 'Gives',
    kind: 'variant',
    wide: true,
    otherwise: { kind: 'credits', credits: '', expiry: { kind: 'never' } },
    variants: [
      {
        value: 'credits',
        label: 'Credits at once',
        fresh: { kind: 'credits', credits: '100', expiry: { kind: 'months', months: 3 } },
        fields: [
          { name: 'credits', label: 'Credits', kind: 'credits' },
          {
            name: 'source',
            label: 'Counts as',
            kind: 'choice',
            otherwise: 'promo',
            options: [
              { value: 'promo', label: 'Promo code' },
              { value: 'trial', label: 'Trial' },
              { value: 'referral', label: 'Referral' },
            ],
          },
          EXPIRY,
          OPERATIONS,
        ],
      },
      {
        value: 'bonus',
        label: 'More credits with a purchase',
        fresh: { kind: 'bonus', percent: 10, expiry: { kind: 'months', months: 12 } },
        fields: [PERCENT, EXPIRY],
      },
      {
        value: 'percent-off',
        label: 'Percent off a purchase',
        fresh: { kind: 'percent-off', percent: 10 },
        fields: [PERCENT],
      },
      {
        value: 'amount-off',
        label: 'An amount off a purchase',
        fresh: { kind: 'amount-off', off: { amount: 500, currency: 'USD' } },
        fields: [{ name: 'off', label: 'Off', kind: 'money' }],
      },
    ],
  },
  { name: 'from', label: 'First day', kind: 'date', empty: 'null' },
  { name: 'until', label: 'Last day', kind: 'date', empty: 'null' },
  { name: 'perAccount', label: 'Times for each account', kind: 'count', empty: 'absent' },
  {
    name: 'total',
    label: 'Times in all',
    kind: 'count',
    empty: 'null',
    hint: 'Empty for no limit.',
  },
  {
    name: 'minimumCredits',
    label: 'Least credits of a purchase',
    kind: 'credits',
    empty: 'absent',
  },
  PLANS,
]

const GENERAL_FIELDS: readonly FieldSpec[] = [
  { name: 'name', label: 'Name of the catalog', kind: 'text' },
  {
    name: 'version',
    label: 'Version',
    kind: 'text',
    hint: 'Each version is published once; charges refer to it.',
  },
  { name: 'defaultPlan', label: 'Plan of new accounts', kind: 'reference', of: 'plans' },
  {
    name: 'subjects',
    label: 'Subjects offered, one a line',
    kind: 'lines',
    all: false,
    wide: true,
  },
]

export const SECTIONS: readonly SectionSpec[] = [
  {
    kind: 'entries',
    name: 'plans',
    title: 'Plans',
    entry: 'Plan',
    key: 'id',
    fields: PLAN_FIELDS,
    fresh: {
      id: 'new-plan',
      name: 'New plan',
      description: '',
      price: { amount: 0, currency: 'USD' },
      allowance: '500',
      perSeat: false,
      packs: false,
    },
  },
  {
    kind: 'entries',
    name: 'packs',
    title: 'Packs',
    entry: 'Pack',
    key: 'id',
    fields: PACK_FIELDS,
    fresh: {
      id: 'new-pack',
      name: 'New pack',
      credits: '500',
      price: { amount: 2_000, currency: 'USD' },
      expiry: { kind: 'months', months: 12 },
    },
  },
  {
    kind: 'entries',
    name: 'addOns',
    title: 'Add-ons',
    entry: 'Add-on',
    key: 'id',
    fields: ADD_ON_FIELDS,
    fresh: {
      id: 'new-add-on',
      name: 'New add-on',
      credits: '1000',
      price: { amount: 1_000, currency: 'USD' },
      rollover: { cycles: 1, maximum: null },
    },
  },
  {
    kind: 'entries',
    name: 'promotions',
    title: 'Promo codes',
    entry: 'Promo code',
    key: 'code',
    fields: PROMOTION_FIELDS,
    fresh: {
      code: 'NEW-CODE',
      name: 'New promo code',
      gives: { kind: 'credits', credits: '100', expiry: { kind: 'months', months: 3 } },
    },
  },
  {
    kind: 'entries',
    name: 'operations',
    title: 'Operations',
    entry: 'Operation',
    key: 'id',
    fields: OPERATION_FIELDS,
    fresh: {
      id: 'new.operation',
      name: 'New operation',
      kind: 'text',
      components: [{ unit: 'requests', price: '1', per: 1 }],
      minimum: '1',
      increment: '1',
    },
  },
  { kind: 'fields', name: 'policies', title: 'Policies', fields: POLICY_FIELDS },
  { kind: 'fields', name: 'general', title: 'General', fields: GENERAL_FIELDS },
]
