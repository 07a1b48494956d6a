import { failure } from '#shared/result.ts'

/** What is answered to whoever asks while the app closes. */
export function closing() {
  return failure('closing', 'Tallystick is closing.')
}
