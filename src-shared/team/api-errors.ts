/** The door's and the team's own failures, with the HTTP status each comes with. */
export const API_ERRORS = {
  invalid_input: 400,
  unknown_call: 404,
  too_large: 413,
  too_many_requests: 429,
  server_closing: 503,
  store_unavailable: 503,
  internal_error: 500,

  /** The challenge is not this server's, was for another key, is over, or was used. */
  challenge_invalid: 401,
  signature_invalid: 401,
  /** The proof was made for another address than the server goes by. */
  wrong_address: 401,
  session_invalid: 401,
  /** The machine is revoked, lost, has left or is a copy: it must enrol anew with another key. */
  device_closed: 401,
  device_unknown: 404,
  /** The key is enrolled already, by another call. */
  device_enrolled: 409,

  invite_unknown: 404,
  invite_expired: 410,
  invite_used: 410,
  invite_revoked: 410,
  invite_exists: 409,
  too_many_invites: 409,

  webhook_unknown: 404,
  webhook_url_wrong: 400,
  webhook_not_public: 400,

  not_allowed: 403,
  not_a_buyer: 403,
  member_unknown: 404,
  /** The team needs an owner: make somebody else one first. */
  last_owner: 409,
  /** Others are still in the team. */
  not_alone: 409,

  purchase_unknown: 404,
  subscription_unknown: 404,
  operation_unknown: 404,
  report_unknown: 404,
  report_not_genuine: 400,
  promo_too_many_tries: 429,
  processor_unreachable: 503,

  /** Of webhooks. */
  signature_wrong: 400,
  signature_stale: 400,
  message_too_large: 413,
  message_not_understood: 400,
} as const
