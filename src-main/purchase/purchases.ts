export { offersView, quoteView } from '../../src-server/payments/offer-views.ts'
