/** Why a catalog is refused. */

import type { CatalogProblem } from '#shared/catalog/catalog.ts'
import { failure } from '#shared/result.ts'

export function ofTheTeam() {
  return failure('catalog_of_team', 'The catalog of a team is published at its server.')
}

export function unusable(file: string, problems: readonly CatalogProblem[]) {
  const [first] = problems
  return failure(
    'catalog_unusable',
    `The catalog ${file} cannot be used: ${first ? `${first.path} ${first.message}`.trim() : 'unknown problem'}`,
    { file, problems },
  )
}

export function invalid(problems: readonly CatalogProblem[]) {
  return failure('catalog_invalid', 'The catalog has mistakes; nothing was changed.', { problems })
}

export const usedProblem = (version: string): CatalogProblem => ({
  path: 'version',
  message: `Version "${version}" is already published; give this one a new version`,
})

export function versionUsed(version: string) {
  const problem = usedProblem(version)
  return failure('catalog_version_used', `${problem.message}.`, { problems: [problem] })
}

export function problemsOf(error: { readonly message: string; readonly details?: unknown }) {
  const { problems } = (error.details ?? {}) as { problems?: readonly CatalogProblem[] }
  return problems ?? [{ path: '', message: error.message }]
}
