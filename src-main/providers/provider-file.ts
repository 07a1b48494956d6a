/** The configured providers on disk, without their keys. */

import { join } from 'node:path'
import { z } from 'zod'
import { modelMappingSchema, providerDraftSchema } from '#shared/host/calls.ts'
import {
  ensurePrivateDirectory,
  readJsonFile,
  setAside,
  writeFileAtomic,
} from '../files/atomic-file.ts'

export const MAX_PROVIDERS = 50

const configuredProviderSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  name: providerDraftSchema.shape.name,
  baseUrl: providerDraftSchema.shape.baseUrl,
  /** Whether a key is in the secret store; kept here so that listing never asks the keychain. */
  hasKey: z.boolean(),
  models: z.array(modelMappingSchema).max(200),
})
export type ConfiguredProvider = Readonly<z.output<typeof configuredProviderSchema>>

const providerFileSchema = z.strictObject({
  format: z.literal(1),
  providers: z.array(configuredProviderSchema).max(MAX_PROVIDERS),
})

export interface LoadedProviders {
  readonly providers: readonly ConfiguredProvider[]
  /** For the person, when the file was damaged and has been set aside; null otherwise. */
  readonly damage: string | null
}

export function loadProviderFile(directory: string, now: number): LoadedProviders {
  const path = providerFilePath(directory)
  const file = readJsonFile(path, providerFileSchema)
  if (file.state === 'missing') return { providers: [], damage: null }
  if (file.state === 'ok' && haveDistinctIds(file.data.providers)) {
    return { providers: file.data.providers, damage: null }
  }
  const kept = setAside(path, now)
  const damage = `The list of providers was damaged and has been set aside as ${kept}. Your keys are still kept; add the providers again in Settings.`
  return { providers: [], damage }
}

/** Throws the system's error when the disk refuses; the old file then stays. */
export function saveProviderFile(
  directory: string,
  providers: readonly ConfiguredProvider[],
): void {
  ensurePrivateDirectory(directory)
  const text = `${JSON.stringify({ format: 1, providers }, null, 2)}\n`
  writeFileAtomic(providerFilePath(directory), text)
}

function providerFilePath(directory: string): string {
  return join(directory, 'providers.json')
}

function haveDistinctIds(providers: readonly ConfiguredProvider[]): boolean {
  return new Set(providers.map(({ id }) => id)).size === providers.length
}
