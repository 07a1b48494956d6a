/** Money: a whole number of the currency's minor unit, and its ISO 4217 code. Never a float. */
export interface Money {
  readonly amount: number
  readonly currency: string
}
