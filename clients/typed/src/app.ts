// What an app does with the kit: tsc checks that the types are what the schema says.
import { InMemoryCache } from '@apollo/client/cache';
import { cacheExchange } from '@urql/exchange-graphcache';
import { cacheOptions } from '../client-kit/apollo';
import { errorCodes, type CartErrorCode, type ErrorCode } from '../client-kit/error-codes';
import { cacheOptions as graphcacheOptions } from '../client-kit/graphcache';
import schema from '../client-kit/graphcache.schema.json';
import { graphql } from './gql';
import type { ProductsQuery, SearchQueryVariables } from './gql/graphql';

export const products = graphql(`
  query Products($first: Int!) {
    products(first: $first, sortKey: TITLE) {
      nodes { id title priceFrom { amount currencyCode } ...Stock @defer(label: "stock") }
    }
  }
`);

export const stock = graphql(`
  fragment Stock on Product { id variants { id sku available } }
`);

export const search = graphql(`
  query Search($words: String!) { products(first: 3, filter: { query: $words }) { totalCount nodes { id title } } }
`);

export const open = graphql(`
  mutation OpenCart($input: CartCreateInput!, $key: String!) {
    cartCreate(input: $input) @idempotent(key: $key) { token cart { id createdAt } userErrors { code message } }
  }
`);

export const titles = (data: ProductsQuery): string[] => data.products.nodes.map(({ title }) => title);
export const amount = (data: ProductsQuery): string | undefined => data.products.nodes[0]?.priceFrom.amount;
export const words: SearchQueryVariables = { words: 'lantern' };
// @ts-expect-error the schema has no such variable
export const wrong: SearchQueryVariables = { term: 'lantern' };

export const signInAgain = (code: ErrorCode): boolean => code === errorCodes.UNAUTHENTICATED;
export const soldOut: CartErrorCode = 'INSUFFICIENT_STOCK';
// @ts-expect-error there is no such code
export const invented: ErrorCode = 'TEAPOT';

export const apolloCache = () => new InMemoryCache(cacheOptions);
export const graphcache = () => cacheExchange({ schema: schema as never, ...graphcacheOptions });
