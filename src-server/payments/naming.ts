/**
 * Messages that name a payment otherwise than purchases do: refunds and disputes of a subscription
 * name the payment, its purchases the invoice. The processor knows both, and is asked once.
 */

import { success, type Result } from '#shared/result.ts'
import type { GatewayMessage } from './gateway.ts'
import type { KnownMessage } from './inbox.ts'
import type { PaymentPorts } from './ports.ts'
import { keyOfPayment } from './rows.ts'

/** Noted with a message whose payment has no other name. */
const NO_OTHER_NAME = 'The payment has no other name'

/** Whether a message says something of a payment that nobody here knows by that name. */
export const isNameless = ({ about, payment, events }: GatewayMessage) =>
  about === null && payment !== null && events.length > 0

/** The message about the payment as purchases name it, and what is to be noted. Fails as asking does. */
export async function named(
  { database, gateway }: PaymentPorts,
  message: GatewayMessage,
  { payment: known, note }: Pick<KnownMessage, 'payment' | 'note'>,
): Promise<Result<{ readonly message: GatewayMessage; readonly note: string | null }>> {
  const { payment } = message
  if (payment === null || !isNameless(message) || !gateway.nameOf) {
    return success({ message, note: null })
  }
  if (known !== null && known !== payment) return success({ message: about(message, known), note })
  const isHere = (await keyOfPayment(database.query, gateway.name, payment)) !== null
  if (isHere || note === NO_OTHER_NAME) return success({ message, note: isHere ? null : note })
  const name = await gateway.nameOf(payment)
  if (!name.ok) return name
  if (name.data === null) return success({ message, note: NO_OTHER_NAME })
  return success({ message: about(message, name.data), note: null })
}

/** The same of a payment by its other name. */
function about(message: GatewayMessage, payment: string): GatewayMessage {
  const events = message.events.map((event) => ('payment' in event ? { ...event, payment } : event))
  return { ...message, payment, events }
}
