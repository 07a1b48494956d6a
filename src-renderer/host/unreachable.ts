import { failure } from '#shared/result.ts'

/** The answer to every call that could not reach the host, or whose answer was lost on the way. */
export const hostUnreachable = failure(
  'host_unreachable',
  'Tallystick is not answering. Start it again, and open the address it prints.',
)
