package onlineretail

// Country is a country's name as the file writes it.
type Country string

// Code gives the ISO 3166-1 alpha-2 code. It is empty for "Unspecified" and
// "European Community", which are no countries, and for a name that the data
// set does not have.
func (c Country) Code() string {
	switch c {
	case "Australia":
		return "AU"
	case "Austria":
		return "AT"
	case "Bahrain":
		return "BH"
	case "Belgium":
		return "BE"
	case "Brazil":
		return "BR"
	case "Canada":
		return "CA"
	case "Channel Islands":
		// Jersey or Guernsey, which have codes of their own; the file does
		// not say which. Jersey is the larger.
		return "JE"
	case "Cyprus":
		return "CY"
	case "Czech Republic":
		return "CZ"
	case "Denmark":
		return "DK"
	case "EIRE":
		return "IE"
	case "Finland":
		return "FI"
	case "France":
		return "FR"
	case "Germany":
		return "DE"
	case "Greece":
		return "GR"
	case "Hong Kong":
		return "HK"
	case "Iceland":
		return "IS"
	case "Israel":
		return "IL"
	case "Italy":
		return "IT"
	case "Japan":
		return "JP"
	case "Lebanon":
		return "LB"
	case "Lithuania":
		return "LT"
	case "Malta":
		return "MT"
	case "Netherlands":
		return "NL"
	case "Norway":
		return "NO"
	case "Poland":
		return "PL"
	case "Portugal":
		return "PT"
	case "RSA":
		return "ZA"
	case "Saudi Arabia":
		return "SA"
	case "Singapore":
		return "SG"
	case "Spain":
		return "ES"
	case "Sweden":
		return "SE"
	case "Switzerland":
		return "CH"
	case "USA":
		return "US"
	case "United Arab Emirates":
		return "AE"
	case "United Kingdom":
		return "GB"
	default:
		return ""
	}
}
