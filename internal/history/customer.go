package history

import (
	"context"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/user"
	"galley/internal/database"
	"galley/internal/textkey"
)

// person is a customer as the file has it.
type person struct {
	id, email, country string
	since              time.Time
}

// writeCustomers writes an account without a password for each customer.
func (i *importing) writeCustomers(ctx context.Context) error {
	var (
		batch []person
		seen  customer
		last  string
	)
	end := func() {
		if last != "" {
			batch = append(batch, person{last, email(last), seen.Country.Code(), time.Unix(seen.Since, 0).UTC()})
			seen = customer{}
		}
	}
	for record, err := range i.customers.Sorted() {
		if err != nil {
			return err
		}
		if string(record.Key) != last {
			end()
			last = string(record.Key)
			if len(batch) == i.bounds.rows/5 {
				if err := i.writeCustomerBatch(ctx, batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
		seen.merge(decodeCustomer(record.Value))
	}
	end()
	return i.writeCustomerBatch(ctx, batch)
}

func (i *importing) writeCustomerBatch(ctx context.Context, batch []person) error {
	var count Count
	err := i.inTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		count = Count{}
		return i.saveCustomers(ctx, tx, batch, &count)
	})
	if err != nil {
		return err
	}
	i.report.Customers.plus(count)
	i.options.Progress("customers", i.report.Customers.sum(), 0)
	return nil
}

// saveCustomers opens the accounts that are not there, and notes where the others live by now.
func (i *importing) saveCustomers(ctx context.Context, tx *ent.Tx, batch []person, count *Count) error {
	emails := make([]string, len(batch))
	for k, p := range batch {
		emails[k] = p.email
	}
	found, err := tx.User.Query().Where(database.AnyOfText(user.FieldEmail, emails)).All(ctx)
	if err != nil {
		return fmt.Errorf("look for accounts: %w", err)
	}
	there := make(map[string]*ent.User, len(found))
	for _, u := range found {
		there[u.Email] = u
	}
	now := i.db.Now()
	fresh := rows{table: users}
	for _, p := range batch {
		known, ok := there[p.email]
		switch {
		case !ok:
			key, err := i.db.NextKey()
			if err != nil {
				return err
			}
			name := "Customer " + p.id
			fresh.add(key, p.since, now, int64(1), p.email, name, "", p.country, textkey.Key(name), false, true)
			count.New++
		case known.Country != p.country:
			if err := tx.User.Update().Where(user.ID(known.ID)).SetCountry(p.country).AddVersion(1).Exec(ctx); err != nil {
				return fmt.Errorf("update account %s: %w", p.email, err)
			}
			count.Changed++
		default:
			count.Same++
		}
	}
	return fresh.insert(ctx, tx, i.db)
}
