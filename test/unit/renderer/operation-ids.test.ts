import { expect, it } from 'vitest'
import { z } from 'zod'
import { createOperationIds } from '../../../src-renderer/state/operation-ids.ts'

it('makes ids of a sitting that are UUIDs and differ in their last digits only', () => {
  const next = createOperationIds(() => '0f9b2c4d-1e3f-4a5b-8c7d-9e0f1a2b3c4d')
  const ids = Array.from({ length: 300 }, next)
  expect(ids[0]).toBe('0f9b2c4d-1e3f-8a5b-8c7d-9e0f00000001')
  expect(ids[299]).toBe('0f9b2c4d-1e3f-8a5b-8c7d-9e0f0000012c')
  expect(new Set(ids).size).toBe(300)
  for (const id of ids) expect(z.uuid().safeParse(id).success).toBe(true)
})
