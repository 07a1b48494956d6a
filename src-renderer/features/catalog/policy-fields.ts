import { GRANT_SOURCES } from '#shared/credits/grant.ts'
import { STUDIOS } from '#shared/credits/studios.ts'
import { sourceName } from '../../words/grant-words.ts'
import { STUDIO_NAMES } from '../../words/studio-names.ts'
import type { FieldSpec } from './field-spec.ts'
import { ALERTS, CAPS } from './shared-fields.ts'

/** The rules of the whole catalog, as the form shows them. */
export const POLICY_FIELDS: readonly FieldSpec[] = [
  {
    name: 'planChange',
    label: 'Changing the plan within a month',
    kind: 'group',
    wide: true,
    otherwise: { upgrade: 'difference', downgrade: 'next-cycle' },
    fields: [
      {
        name: 'upgrade',
        label: 'To a larger plan',
        kind: 'choice',
        otherwise: 'difference',
        options: [
          { value: 'fresh', label: 'All of it at once, the old rest ends' },
          { value: 'difference', label: 'The difference, at once' },
          { value: 'prorated', label: 'The difference, by the days left' },
        ],
      },
      {
        name: 'downgrade',
        label: 'To a smaller plan',
        kind: 'choice',
        otherwise: 'next-cycle',
        options: [
          { value: 'next-cycle', label: 'With the next month' },
          { value: 'now', label: 'At once, credits cut to its allowance' },
        ],
      },
    ],
  },
  {
    name: 'priorities',
    label: 'Who pays first',
    kind: 'group',
    hint: 'The lower number pays first.',
    wide: true,
    otherwise: {},
    fields: GRANT_SOURCES.map((source) => ({
      name: source,
      label: sourceName(source),
      kind: 'count',
    })),
  },
  {
    name: 'refunds',
    label: 'Making good a charge',
    kind: 'group',
    otherwise: { kind: 'grant', months: 12 },
    fields: [
      {
        name: 'kind',
        label: 'Gives back',
        kind: 'choice',
        otherwise: 'grant',
        options: [
          { value: 'grant', label: 'As a new grant' },
          { value: 'refill', label: 'Into the buckets that paid' },
        ],
      },
      {
        name: 'months',
        label: 'A new grant lasts, in months',
        kind: 'count',
        empty: 'null',
        hint: 'Empty for good.',
      },
    ],
  },
  {
    name: 'creators',
    label: 'Recipes of others',
    kind: 'group',
    otherwise: { premiumPercent: 0 },
    fields: [
      {
        name: 'premiumPercent',
        label: 'Percent on top, for the creator',
        kind: 'count',
        hint: '0 turns it off.',
      },
    ],
  },
  {
    name: 'resultCache',
    label: 'The same again at no charge',
    kind: 'group',
    wide: true,
    otherwise: { studios: [] },
    fields: [
      {
        name: 'studios',
        label: 'Studios',
        kind: 'several',
        of: STUDIOS.map((studio) => ({ value: studio, label: STUDIO_NAMES[studio] })),
        all: false,
        wide: true,
      },
    ],
  },
  {
    name: 'migrations',
    label: 'Moving people to another plan',
    kind: 'list',
    entry: 'Move',
    hint: 'Of everyone on a plan when this catalog comes into force.',
    wide: true,
    fresh: { from: '', to: '', credits: 'keep' },
    fields: [
      { name: 'from', label: 'From the plan with id', kind: 'text' },
      { name: 'to', label: 'To', kind: 'reference', of: 'plans' },
      {
        name: 'credits',
        label: 'Credits',
        kind: 'choice',
        otherwise: 'keep',
        options: [
          { value: 'fresh', label: 'A fresh set at once' },
          { value: 'keep', label: 'New limits from the next month' },
        ],
      },
    ],
  },
  { ...CAPS, hint: 'On every plan, besides the plan’s own.' },
  ALERTS,
]
