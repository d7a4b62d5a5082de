// Package ent is the shop's data: written by entgo.io/ent from ent/schema, but for this file.
package ent

//go:generate go run entgo.io/ent/cmd/ent generate  --feature privacy,sql/modifier,sql/upsert,sql/execquery,sql/lock --template glob=./template/*.tmpl ./schema
