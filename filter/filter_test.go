package filter_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/filter"
)

var fields = filter.Fields{
	"stage":    {Kind: filter.OneOf, Codes: []string{"training", "exam", "title"}},
	"outcome":  {Kind: filter.OneOf, Codes: []string{"trained", "mapped"}, Optional: true},
	"training": {Kind: filter.ID},
	"assignee": {Kind: filter.ID, Optional: true, Account: true},
	"subject":  {Kind: filter.Text},
	"since":    {Kind: filter.Date},
	"due":      {Kind: filter.Date, Optional: true},
	"age":      {Kind: filter.Age, Of: "since"},
}

func TestAnExpressionHasOneForm(t *testing.T) {
	t.Parallel()
	for written, printed := range map[string]string{
		"":                                          "",
		"  ":                                        "",
		"stage:exam":                                "stage:exam",
		" stage:exam   since<2026 ":                 "stage:exam since<2026",
		"stage:exam OR stage:title":                 "stage:exam OR stage:title",
		"stage:exam age>30 OR stage:title":          "stage:exam age>30 OR stage:title",
		"stage:exam (age>30 OR due<today)":          "stage:exam (age>30 OR due<today)",
		"(stage:exam age>30)":                       "stage:exam age>30",
		"stage:exam (age>030 (due:none))":           "stage:exam age>30 due:none",
		"(stage:exam OR (age>1 OR age<0))":          "stage:exam OR age>1 OR age<0",
		"-stage:exam,title":                         "-stage:exam,title",
		"-(stage:exam)":                             "-stage:exam",
		"--stage:exam":                              "stage:exam",
		"-(stage:exam OR age:3)":                    "-(stage:exam OR age:3)",
		`subject:"case: a \"b\" \\"`:                `subject:"case: a \"b\" \\"`,
		`subject:"plain"`:                           "subject:plain",
		"due>today+05 since:today-0":                "due>today+5 since:today",
		"assignee:me,none outcome:none":             "assignee:me,none outcome:none",
		"stage:exam OR(stage:title)":                "stage:exam OR stage:title",
		"since:2026 since:2026-02 since<2026-02-28": "since:2026 since:2026-02 since<2026-02-28",
	} {
		e, err := filter.Parse(written, fields)
		require.NoError(t, err, written)
		if printed == "" {
			require.Nil(t, e)
			continue
		}
		require.Equal(t, printed, e.String(), written)
	}
}

func TestAFaultNamesThePlaceAndTheFieldAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]filter.Fault{
		"stage":                                 {At: 5, Code: filter.Syntax},
		"stage:":                                {At: 6, Code: filter.Syntax},
		"Stage:exam":                            {At: 0, Code: filter.Syntax},
		"张三":                                    {At: 0, Code: filter.Syntax},
		"(stage:exam":                           {At: 11, Code: filter.Syntax},
		"stage:exam)":                           {At: 10, Code: filter.Syntax},
		"stage:exam OR":                         {At: 13, Code: filter.Syntax},
		"stage:exam,":                           {At: 11, Code: filter.Syntax},
		`stage:"exam`:                           {At: 11, Code: filter.Syntax},
		`stage:"exam"x`:                         {At: 12, Code: filter.Syntax},
		`subject:"\n"`:                          {At: 10, Code: filter.Syntax},
		"- stage:exam":                          {At: 1, Code: filter.Syntax},
		"\xff":                                  {Code: filter.Syntax},
		"stage:exam name:zhang":                 {At: 11, Code: filter.UnknownField},
		"stage:exam,zhang":                      {At: 11, Field: "stage", Code: filter.UnknownValue},
		"stage:none":                            {At: 6, Field: "stage", Code: filter.UnknownValue},
		"stage<exam":                            {At: 5, Field: "stage", Code: filter.NoComparison},
		"age>1,2":                               {At: 6, Field: "age", Code: filter.NoComparison},
		"due<none":                              {At: 4, Field: "due", Code: filter.NoComparison},
		"training:Zhang":                        {At: 9, Field: "training", Code: filter.WrongFormat},
		"assignee:zhang":                        {At: 9, Field: "assignee", Code: filter.WrongFormat},
		"due:2026-02-30":                        {At: 4, Field: "due", Code: filter.WrongDate},
		"due:today+":                            {At: 4, Field: "due", Code: filter.WrongDate},
		"due:today*3":                           {At: 4, Field: "due", Code: filter.WrongDate},
		"due:1899":                              {At: 4, Field: "due", Code: filter.WrongDate},
		"age>-1":                                {At: 4, Field: "age", Code: filter.WrongNumber},
		"age>99999999":                          {At: 4, Field: "age", Code: filter.WrongNumber},
		`subject:""`:                            {At: 8, Field: "subject", Code: filter.WrongFormat},
		strings.Repeat("a", 2001):               {Code: filter.TooLong},
		strings.Repeat("age:1 ", 51):            {At: 300, Code: filter.TooMany},
		strings.Repeat("(", 12) + "age":         {At: 11, Code: filter.TooDeep},
		"training:" + strings.Repeat("a,", 101): {At: 209, Field: "training", Code: filter.TooMany},
		"subject:" + strings.Repeat("a", 201):   {At: 8, Field: "subject", Code: filter.TooLong},
	} {
		_, err := filter.Parse(written, fields)
		require.Equal(t, want, err, written)
		require.NotContains(t, strings.ToLower(err.Error()), "zhang")
	}
}

func TestABoundExpressionIsOfAnAccountAndOfDates(t *testing.T) {
	t.Parallel()
	const me = "0b0e7f1c-0000-4000-8000-000000000001"
	now := time.Date(2026, 11, 26, 16, 30, 0, 0, time.UTC) // the 27th in Beijing
	for written, bound := range map[string]string{
		"assignee:me,none":            "assignee:" + me + ",none",
		"due<today+3 -due:none":       "due<2026-11-30 -due:none",
		"age>30":                      "since<2026-10-28",
		"age<30 OR age:0":             "since>2026-10-28 OR since:2026-11-27",
		"-(since:2026-11 stage:exam)": "-(since:2026-11 stage:exam)",
	} {
		e, err := filter.Parse(written, fields)
		require.NoError(t, err)
		got := filter.Bind(e, filter.Reader{Me: me, Now: now, Calendar: calendar.Real()}, fields)
		require.Equal(t, bound, got.String(), written)
	}
	require.Nil(t, filter.Bind(nil, filter.Reader{}, fields))
}

func TestAPeriodIsADayAMonthOrAYear(t *testing.T) {
	t.Parallel()
	e, err := filter.Parse("since:2026-12-31,2026-12,2026", fields)
	require.NoError(t, err)
	term := filter.Terms(e)[0]
	after := calendar.MustParseDate("2027-01-01")
	for i, from := range []string{"2026-12-31", "2026-12-01", "2026-01-01"} {
		require.Equal(t, calendar.MustParseDate(from), term.Values[i].From)
		require.Equal(t, after, term.Values[i].Until)
	}
}

// AnyExpression draws an expression that can be written.
func anyExpression(t *rapid.T) string {
	value := map[string]*rapid.Generator[string]{
		"stage": rapid.SampledFrom([]string{"training", "exam", "exam,title"}), "outcome": rapid.SampledFrom([]string{"none", "mapped"}),
		"training": rapid.StringMatching(`[a-z][a-z0-9-]{0,9}`), "assignee": rapid.SampledFrom([]string{"me", "none"}),
		"subject": rapid.Map(rapid.StringOfN(rapid.RuneFrom([]rune(`a" \(),:-<张OR`)), 1, 9, -1), func(s string) string {
			return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
		}),
		"since": rapid.SampledFrom([]string{"2026", "2026-02", "2026-02-28", "today", "today-7"}),
		"due":   rapid.SampledFrom([]string{"none", "today+3"}), "age": rapid.StringMatching(`[0-9]{1,4}`),
	}
	var draw func(deep int) string
	draw = func(deep int) string {
		kind := rapid.IntRange(0, 3).Draw(t, "kind")
		switch {
		case kind == 0 && deep > 0:
			return "-" + draw(deep-1)
		case kind > 1 && deep > 0:
			by := rapid.SampledFrom([]string{" ", " OR "}).Draw(t, "by")
			return "(" + draw(deep-1) + by + draw(deep-1) + ")"
		}
		field := rapid.SampledFrom([]string{"stage", "outcome", "training", "assignee", "subject", "since", "due", "age"}).Draw(t, "field")
		return field + ":" + value[field].Draw(t, field)
	}
	return draw(4)
}

func TestWhatIsPrintedIsReadAsWhatWasPrinted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, err := filter.Parse(anyExpression(t), fields)
		require.NoError(t, err)
		again, err := filter.Parse(e.String(), fields)
		require.NoError(t, err, e.String())
		require.Equal(t, e, again)
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"queue:overdue", `-(stage:exam OR subject:"a b")`, "due<today+3 age>30", "((", "OR", `subject:"\`, "since:2026-13", "-:",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		e, err := filter.Parse(written, fields)
		if err != nil {
			var fault filter.Fault
			require.ErrorAs(t, err, &fault)
			require.LessOrEqual(t, fault.At, len(written))
			return
		}
		if e == nil {
			return
		}
		again, err := filter.Parse(e.String(), fields)
		require.NoError(t, err, e.String())
		require.Equal(t, e, again)
	})
}
