/**
 * The contract between window and host: every call with its input schema and output type.
 * The host validates each input at its door; an unknown call or a wrong shape changes nothing.
 */

import { z } from 'zod'
import { unitsSchema } from '../credits/units.ts'
import type { RecipeEarnings } from '../journal/earnings.ts'
import type { Charge } from '../pricing/rate-card.ts'
import { recipeDraftSchema, type RecipeView } from '../recipes/recipe.ts'
import { USAGE_GROUPINGS, usageFilterSchema } from '../usage/filter.ts'
import { MAX_LABELLED, MAX_NOTE } from '../usage/labels.ts'
import type {
  BucketBalance,
  ChargeExplanation,
  UsageDay,
  UsageGroup,
  UsagePage,
} from '../usage/views.ts'
import { WHEN_OUT } from '../simulation/outcome.ts'
import { MAX_IMAGES } from '../studios/settings.ts'
import { id, pageLimit, runRequestSchema, subject, uuid } from './requests.ts'
import type { BillingView, BurnDownView, PlanPreview, RedeemedView } from './billing.ts'
import type { CatalogCheckView, CatalogNewsView, CatalogsView } from './catalog-views.ts'
import { teamCalls } from './team.ts'
import { ownCap } from '../catalog/policies.ts'
import type { PoliciesView } from './policies.ts'
import { purchaseCalls } from './purchase-calls.ts'
import type { BackupView, LedgerView, VerificationView } from './ledger.ts'
import type {
  AppView,
  BalanceView,
  CreationView,
  ModelView,
  PlanSimulations,
  ProviderView,
  QuoteView,
  RatesView,
  RunView,
  SettingsView,
  ThreadDetail,
  ThreadView,
  UsageSummary,
} from './views.ts'
import { STUDIOS } from '../credits/studios.ts'
import { MAX_ENTRIES } from '../catalog/fields.ts'
import { call, type OutputOf } from '../ports/contract.ts'

const nothing = z.strictObject({})
const title = z.string().trim().min(1).max(200)
const credits = z.int().min(0)
/** Longer catalogs come from a file. */
const catalogText = z.string().max(900_000)
const note = z.string().trim().max(MAX_NOTE)

/** The most that one call may be. */
export const MAX_CALL_BYTES = 1_000_000

/** A model as a person maps it onto the rate card. */
export const modelMappingSchema = z.strictObject({
  name: z.string().min(1).max(200),
  studio: z.enum(STUDIOS),
  operation: id,
  webSearch: z.boolean(),
})
export type ModelMapping = z.output<typeof modelMappingSchema>

export const providerDraftSchema = z.strictObject({
  /** Null adds a provider. */
  id: id.nullable(),
  name: z.string().trim().min(1).max(80),
  baseUrl: z.url({ protocol: /^https?$/ }).max(500),
  /** Absent keeps the stored key, empty removes it. Never sent back to the window. */
  key: z.string().max(500).optional(),
  models: z.array(modelMappingSchema).max(200),
})
export type ProviderDraft = z.output<typeof providerDraftSchema>

const planChoiceSchema = z.strictObject({
  planId: id,
  seats: z.int().min(1).max(100_000),
})

export const calls = {
  'app.open': call<AppView>()(nothing),
  'balance.read': call<BalanceView>()(nothing),
  'balance.at': call<readonly BucketBalance[]>()(z.strictObject({ at: z.int().min(0) })),

  'quote.read': call<QuoteView>()(z.strictObject({ request: runRequestSchema })),
  'run.start': call<RunView>()(
    z.strictObject({
      /** Made by the window before it asks, so that a repeated start is the same run. */
      operationId: uuid,
      request: runRequestSchema,
      /** The maximum the person saw. A higher one is refused with `quote_changed`. */
      acceptedMaximum: credits,
    }),
  ),
  /** Takes what the same request made before from the library, at no charge. */
  'run.reuse': call<RunView>()(z.strictObject({ operationId: uuid, request: runRequestSchema })),
  'run.stop': call<RunView>()(z.strictObject({ operationId: uuid })),
  'run.attach': call<RunView>()(z.strictObject({ operationId: uuid })),

  'threads.list': call<readonly ThreadView[]>()(nothing),
  'threads.open': call<ThreadDetail>()(z.strictObject({ threadId: uuid })),
  'threads.create': call<ThreadView>()(z.strictObject({ threadId: uuid })),
  'threads.rename': call<ThreadView>()(z.strictObject({ threadId: uuid, title })),
  'threads.delete': call<null>()(z.strictObject({ threadId: uuid })),
  /** Shows another version made by an edit or a regenerate. */
  'threads.show': call<ThreadDetail>()(z.strictObject({ threadId: uuid, messageId: uuid })),

  'library.page': call<{
    readonly creations: readonly CreationView[]
    readonly nextBefore: string | null
  }>()(
    z.strictObject({
      studio: z.enum(['image', 'voice']).optional(),
      search: z.string().max(200).optional(),
      /** Only these. */
      ids: z.array(uuid).max(MAX_IMAGES).optional(),
      /** The id of the last creation of the page before. */
      before: uuid.optional(),
      limit: pageLimit,
    }),
  ),
  'library.delete': call<null>()(z.strictObject({ creationId: uuid })),

  'recipes.list': call<readonly RecipeView[]>()(nothing),
  'recipes.save': call<RecipeView>()(recipeDraftSchema),
  'recipes.delete': call<null>()(z.strictObject({ recipeId: uuid })),
  'recipes.export': call<{ readonly fileName: string; readonly text: string }>()(
    z.strictObject({ recipeId: uuid }),
  ),
  /** The text of a `*.tallyrecipe` file; what it did with it. */
  'recipes.import': call<{
    readonly recipe: RecipeView
    readonly change: 'added' | 'updated' | 'same' | 'older'
  }>()(z.strictObject({ text: z.string() })),
  /** What runs of recipes on this machine earned their creators. */
  'recipes.earnings': call<readonly RecipeEarnings[]>()(nothing),
  /**
   * What own recipes earned in teams of one's server, as that says now: it needs the network. Null
   * where there is no team.
   */
  'recipes.earned': call<readonly RecipeEarnings[] | null>()(nothing),

  'usage.page': call<UsagePage>()(
    z.strictObject({
      filter: usageFilterSchema,
      before: z.int().min(1).optional(),
      limit: pageLimit,
    }),
  ),
  'usage.groups': call<readonly UsageGroup[]>()(
    z.strictObject({ filter: usageFilterSchema, by: z.enum(USAGE_GROUPINGS) }),
  ),
  'usage.days': call<readonly UsageDay[]>()(z.strictObject({ filter: usageFilterSchema })),
  'usage.explain': call<ChargeExplanation>()(z.strictObject({ operationId: uuid })),
  'usage.summary': call<UsageSummary>()(nothing),
  /** The whole CSV text of what the filter shows; at most 64 MiB, then `export_too_large`. */
  'usage.export': call<{ readonly fileName: string; readonly text: string }>()(
    z.strictObject({ filter: usageFilterSchema }),
  ),

  /** Labels operations; charges nothing. Returns how many changed. */
  'usage.label': call<{ readonly changed: number }>()(
    z
      .strictObject({
        operationIds: z.array(uuid).min(1).max(MAX_LABELLED),
        subject: subject.optional(),
        note: note.optional(),
      })
      .refine((edit) => edit.subject !== undefined || edit.note !== undefined, {
        message: 'Give a subject or a note',
      }),
  ),

  'catalog.read': call<CatalogsView>()(nothing),
  /** What changed with each version, newest first, those to come included. */
  'catalog.news': call<readonly CatalogNewsView[]>()(nothing),
  /** A catalog as it was published, as JSON text. */
  'catalog.source': call<{ readonly text: string }>()(z.strictObject({ version: id })),
  'catalog.check': call<CatalogCheckView>()(z.strictObject({ text: catalogText })),
  /** Refused whole when anything is wrong with it. `from` null or past: in force at once. */
  'catalog.publish': call<CatalogsView>()(
    z.strictObject({ text: catalogText, from: z.int().min(0).nullable() }),
  ),
  'rates.read': call<RatesView>()(nothing),
  'rates.price': call<Charge>()(z.strictObject({ operation: id, units: unitsSchema })),

  /** What recorded usage would have cost under plans of this or another catalog. */
  'plans.simulate': call<PlanSimulations>()(
    z.strictObject({
      /** Absent: every plan on offer. */
      planIds: z.array(id).min(1).max(MAX_ENTRIES).optional(),
      /** Absent: the catalog in force. */
      catalogText: z
        .string()
        .max(MAX_CALL_BYTES / 2)
        .optional(),
      /** Runs that started in [from, to); absent: all there are. */
      from: z.int().min(0).optional(),
      to: z.int().min(0).optional(),
      /** Usage as this app exports it, in place of its own history. */
      csv: z
        .string()
        .max(MAX_CALL_BYTES / 2)
        .optional(),
      whenOut: z.enum(WHEN_OUT).default('as-the-plan-says'),
      seats: z.int().min(1).max(100_000).default(1),
    }),
  ),
  'policies.read': call<PoliciesView>()(nothing),
  /** Sets a cap of one's own; the same id again changes it. `too_many_caps`. */
  'caps.save': call<PoliciesView>()(z.strictObject({ cap: ownCap })),
  /** `cap_unknown` for any but one's own. */
  'caps.remove': call<PoliciesView>()(z.strictObject({ capId: id })),

  'billing.read': call<BillingView>()(nothing),
  'billing.burnDown': call<BurnDownView>()(nothing),
  /** What a change would do, without doing it; fails as `changePlan` does. */
  'plan.preview': call<PlanPreview>()(planChoiceSchema),
  'plan.change': call<BillingView>()(planChoiceSchema),
  /** Fails as `redeem` does. */
  'promo.redeem': call<RedeemedView>()(z.strictObject({ code: z.string().trim().max(60) })),
  /** Ends an add-on with the cycle that has begun: it does not renew. */
  'addOn.end': call<BillingView>()(z.strictObject({ subscriptionId: id })),

  ...purchaseCalls,

  'providers.save': call<ProviderView>()(providerDraftSchema),
  'providers.remove': call<null>()(z.strictObject({ providerId: id })),
  /** Connects and lists the models; `draft.key` absent uses the stored key of `draft.id`. */
  'providers.test': call<{
    readonly latencyMs: number
    readonly local: boolean
    readonly models: readonly Pick<ModelView, 'name' | 'studio' | 'operation'>[]
  }>()(providerDraftSchema.pick({ id: true, baseUrl: true, key: true })),

  'settings.save': call<SettingsView>()(
    z.strictObject({
      theme: z.enum(['system', 'light', 'dark']).optional(),
      timeZone: z.string().max(60).optional(),
      subjects: z.array(z.string().trim().min(1).max(60)).max(50).optional(),
      subject: z.string().max(60).optional(),
      resultCache: z.boolean().optional(),
    }),
  ),
  'notices.dismiss': call<null>()(z.strictObject({ noticeId: id })),

  'ledger.read': call<LedgerView>()(nothing),
  'ledger.verify': call<VerificationView>()(nothing),
  'ledger.backup': call<BackupView>()(nothing),
  /** What to do about a ledger that did not open. */
  'ledger.repair': call<LedgerView>()(
    z.strictObject({ remedy: z.enum(['retry', 'restore', 'quarantine']) }),
  ),

  ...teamCalls,

  /** Opens an https address in the system browser. */
  'shell.openExternal': call<null>()(z.strictObject({ url: z.url({ protocol: /^https$/ }) })),
} as const

export type Calls = typeof calls
export type CallName = keyof Calls
export type CallInput<Name extends CallName> = z.input<Calls[Name]['input']>
export type CallParsed<Name extends CallName> = z.output<Calls[Name]['input']>
export type CallOutput<Name extends CallName> = OutputOf<Calls[Name]>
