// What @apollo/generate-persisted-query-manifest finds; never run.
import { gql } from '@apollo/client';

export const trusted = gql`
  query ApolloTrusted($first: Int!) { products(first: $first) { nodes { id title } } }
`;
