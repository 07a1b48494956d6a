import { useState } from 'react'
import type { CallOutput } from '#shared/host/calls.ts'
import type { HostError } from '#shared/result.ts'
import { callHost } from '../../state/host.ts'
import { draftOf, type ProviderForm } from './provider-draft.ts'

export type TestState =
  | { readonly state: 'idle' | 'busy' }
  | { readonly state: 'done'; readonly result: CallOutput<'providers.test'> }
  | { readonly state: 'failed'; readonly error: HostError }

/** Tries the connection of a form as it stands, saved or not. */
export function useConnectionTest() {
  const [test, setTest] = useState<TestState>({ state: 'idle' })
  const run = async (form: ProviderForm) => {
    setTest({ state: 'busy' })
    const { id, baseUrl, key } = draftOf(form)
    const result = await callHost('providers.test', {
      id,
      baseUrl,
      ...(key === undefined ? {} : { key }),
    })
    setTest(
      result.ok ? { state: 'done', result: result.data } : { state: 'failed', error: result.error },
    )
  }
  return { test, run }
}
