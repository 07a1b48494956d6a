/** The two channels between a window and the host. There is no third. */

export const CALL_CHANNEL = 'tallystick:call'
export const EVENT_CHANNEL = 'tallystick:event'
