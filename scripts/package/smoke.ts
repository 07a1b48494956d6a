import type { Outcome } from '../checks/outcome.ts'
export function smokeTest(): Promise<Outcome> {
  throw new Error('todo')
}
