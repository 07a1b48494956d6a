/** What is recorded of a run before it starts. */

import type { OperationFacts } from '#shared/journal/journal.ts'
import { type Quote, quotedPrice } from '#shared/pricing/rate-card.ts'
import type { PrepareDeps } from './ports.ts'
import type { PreparedRun } from './prepare.ts'

export function factsOf(
  { request, resolved, view }: PreparedRun,
  quote: Quote,
  operationId: string,
  { who }: Pick<PrepareDeps, 'who'>,
): OperationFacts {
  const { model } = resolved
  const { deviceId, memberId } = who()
  const facts: OperationFacts = {
    operationId,
    studio: request.studio,
    providerId: model.providerId,
    providerName: model.providerName,
    modelId: model.id,
    modelName: model.name,
    subject: request.subject,
    deviceId,
    memberId,
    quote: quotedPrice(quote),
    ...(view.trial && { trial: true }),
  }
  if (!view.recipe) return facts
  const { id, name, creatorId } = view.recipe
  return { ...facts, recipe: { id, name, creatorId } }
}
