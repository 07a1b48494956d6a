/** How the parts of a catalog are described to the form: one small value for each field. */

import type { JsonObject } from './document.ts'

/** What an emptied field becomes: taken away, or null. A field without it must be filled in. */
type Empty = 'absent' | 'null'

interface Named {
  /** Its name in the JSON. */
  readonly name: string
  readonly label: string
  readonly hint?: string
  /** Takes a whole row of the form. */
  readonly wide?: boolean
  /** Only there while the field beside it of that name has this value. */
  readonly when?: { readonly name: string; readonly is: string }
}

export interface Option {
  readonly value: string
  readonly label: string
}

/** Lists of the catalog that other fields choose from. */
export type ReferenceName = 'plans' | 'operations'

export type FieldSpec = Named &
  (
    | { readonly kind: 'text'; readonly lines?: boolean; readonly empty?: Empty }
    /** Credits, as decimal text. */
    | { readonly kind: 'credits'; readonly empty?: Empty }
    | { readonly kind: 'count'; readonly empty?: Empty }
    | { readonly kind: 'date'; readonly empty?: Empty }
    | { readonly kind: 'money'; readonly empty?: Empty }
    | { readonly kind: 'flag'; readonly otherwise: boolean }
    | {
        readonly kind: 'choice'
        readonly options: readonly Option[]
        readonly otherwise: string
      }
    /** One entry of a list of the catalog. */
    | { readonly kind: 'reference'; readonly of: ReferenceName }
    /** Some of a list, or with `all` the word for all of them. */
    | {
        readonly kind: 'several'
        readonly of: ReferenceName | readonly Option[]
        readonly all: boolean
      }
    /** Texts, one a line, or with `all` the word for all of them. */
    | { readonly kind: 'lines'; readonly all: boolean }
    | {
        readonly kind: 'group'
        readonly fields: readonly FieldSpec[]
        /** What it is where the catalog leaves it out. */
        readonly otherwise: JsonObject
      }
    /** An object whose `kind` decides its other fields. */
    | {
        readonly kind: 'variant'
        readonly variants: readonly Variant[]
        readonly otherwise: JsonObject
      }
    | {
        readonly kind: 'list'
        readonly fields: readonly FieldSpec[]
        /** One entry, in words: `Alert`. */
        readonly entry: string
        readonly fresh: JsonObject
      }
  )

export interface Variant extends Option {
  readonly fields: readonly FieldSpec[]
  /** What choosing it begins with, its `kind` included. */
  readonly fresh: JsonObject
}

/** A part of the catalog as the editor shows it. */
export type SectionSpec =
  | {
      readonly kind: 'entries'
      /** Its list in the JSON, also its place in the address. */
      readonly name: 'plans' | 'packs' | 'addOns' | 'promotions' | 'operations'
      readonly title: string
      readonly entry: string
      /** What names an entry. */
      readonly key: 'id' | 'code'
      readonly fields: readonly FieldSpec[]
      readonly fresh: JsonObject
    }
  | {
      readonly kind: 'fields'
      readonly name: 'general' | 'policies'
      readonly title: string
      readonly fields: readonly FieldSpec[]
    }
