package config

// Admin are the commands about administrators.
type Admin struct {
	Create AdminCreate `cmd:"" help:"Open an account that may do everything: the first one of a shop, or one more."`
}

// AdminCreate are the settings of admin create.
type AdminCreate struct {
	Database
	Email    string `required:"" placeholder:"E-MAIL" help:"What it signs in with."`
	Name     string `placeholder:"NAME" help:"Whose it is."`
	Generate bool   `help:"Make a password and print it; else it is asked for, or read from standard input."`
}
