package ledger_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/ledger"
)

func posting(id string, received int, institution, ref string, minutes int) ledger.Posting {
	return ledger.Posting{
		ID: id, Received: after(received), Institution: institution,
		Entry: entry(ref, "2026-11-23", "甲", ledger.Online, minutes),
	}
}

func reversal(id string, received int, of string) ledger.Posting {
	return ledger.Posting{ID: id, Received: after(received), Reverses: of, Reason: "voided"}
}

func TestX20TheSameHoursClaimedTwiceInALedgerAreRefusedWithAPointerToTheFirst(t *testing.T) {
	t.Parallel()
	first, second := posting("1", 1, "a", "s1", 40), posting("2", 2, "b", "x9", 40)
	again := posting("3", 3, "a", "s1", 40) // a second posting, not a retry
	first.Times, second.Times = ledger.Times{span(0, 3600)}, ledger.Times{span(3000, 6000)}
	book := ledger.Post([]ledger.Posting{again, second, first})
	require.Equal(t, []ledger.Entry{first.Entry}, book.Entries)
	require.Equal(t, []ledger.Refused{
		{ID: "2", Because: ledger.ErrTimeTaken, First: "1"}, {ID: "3", Because: ledger.ErrPostedBefore, First: "1"},
	}, book.Refused)

	second.Times = ledger.Times{span(3600, 6000)}
	require.Len(t, ledger.Post([]ledger.Posting{first, second}).Entries, 2, "one after the other is no overlap")
}

func TestACorrectionIsAReversalWithAReasonAndANewEntry(t *testing.T) {
	t.Parallel()
	wrong, right := posting("1", 1, "a", "s1", 40), posting("3", 3, "a", "s1", 20)
	book := ledger.Post([]ledger.Posting{wrong, reversal("2", 2, "1"), right})
	require.Empty(t, book.Refused)
	require.Len(t, book.Entries, 3, "what was is still to be seen")
	require.Equal(t, 20*time.Minute, ledger.Total(book.Entries))

	hasty := right
	hasty.ID, hasty.Received = "0", after(1).Add(1) // handed in before the reversal
	book = ledger.Post([]ledger.Posting{wrong, hasty, reversal("2", 2, "1")})
	require.Zero(t, ledger.Total(book.Entries), "voiding a session brings no other claim to life")
}

func TestAReversalTakesBackWhatWasCreditedOnceWhateverItClaims(t *testing.T) {
	t.Parallel()
	greedy := reversal("2", 2, "1")
	greedy.Entry = entry("s1", "2020-01-01", "乙", ledger.Offline, 900)
	silent := reversal("5", 5, "4")
	silent.Reason = ""
	book := ledger.Post([]ledger.Posting{
		posting("1", 1, "a", "s1", 40), greedy, reversal("3", 3, "1"), posting("4", 4, "a", "s2", 10), silent,
		reversal("6", 6, "2"), reversal("7", 7, "none"), reversal("8", 0, "4"),
	})
	require.Equal(t, []ledger.YearTime{{Year: 2026, Credited: 10 * time.Minute}}, ledger.ByYear(book.Entries))
	require.Equal(t, []ledger.Refused{
		{ID: "8", Because: ledger.ErrNothingToReverse}, // before there was anything
		{ID: "3", Because: ledger.ErrReversedBefore, First: "2"},
		{ID: "5", Because: ledger.ErrReasonMissing},
		{ID: "6", Because: ledger.ErrNothingToReverse}, // a reversal is not reversed: the session is posted anew
		{ID: "7", Because: ledger.ErrNothingToReverse},
	}, book.Refused)
}

func TestAPostingThatIsNoEntryCreditsNothing(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*ledger.Posting){
		"no ID":         func(p *ledger.Posting) { p.ID = "" },
		"no receipt":    func(p *ledger.Posting) { p.Received = ledger.Posting{}.Received },
		"no session":    func(p *ledger.Posting) { p.Entry.SessionRef = "" },
		"no mode":       func(p *ledger.Posting) { p.Entry.Mode = "" },
		"no time":       func(p *ledger.Posting) { p.Entry.Credited = 0 },
		"negative time": func(p *ledger.Posting) { p.Entry.Credited = -10 },
	} {
		p := posting("1", 1, "a", "s1", 40)
		change(&p)
		book := ledger.Post([]ledger.Posting{p})
		require.Empty(t, book.Entries, name)
		require.Equal(t, []ledger.Refused{{ID: p.ID, Because: ledger.ErrPostingInvalid}}, book.Refused, name)
	}
}

func TestOneIDWithTwoContentsCountsOnceInAnyOrder(t *testing.T) {
	t.Parallel()
	small, large := posting("1", 1, "a", "s1", 10), posting("1", 1, "a", "s1", 40)
	book := ledger.Post([]ledger.Posting{small, large})
	require.Len(t, book.Entries, 1)
	require.Equal(t, book, ledger.Post([]ledger.Posting{large, small}))
}

func TestSessionsOfTheSameNameElsewhereOrOnTheNextDateAreOthers(t *testing.T) {
	t.Parallel()
	next := posting("3", 3, "a", "s1", 10) // what of the session lies after midnight
	next.Entry.Date = next.Entry.Date.AddDays(1)
	book := ledger.Post([]ledger.Posting{posting("1", 1, "a", "s1", 10), posting("2", 2, "b", "s1", 10), next})
	require.Empty(t, book.Refused)
	require.Equal(t, 30*time.Minute, ledger.Total(book.Entries))
}

func TestEveryRefusalIsSaidInWords(t *testing.T) {
	t.Parallel()
	for _, refusal := range []ledger.RefusalError{
		ledger.ErrPostingInvalid, ledger.ErrPostedBefore, ledger.ErrTimeTaken, ledger.ErrReasonMissing,
		ledger.ErrNothingToReverse, ledger.ErrReversedBefore,
	} {
		require.NotEqual(t, string(refusal), refusal.Error())
	}
	require.Equal(t, "other", ledger.RefusalError("other").Error())
}

// anyPostings draws what several institutions may hand in: entries, double claims, reversals of anything, retries under the
// same ID, also with other content.
func anyPostings(t *rapid.T) []ledger.Posting {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ledger.Posting {
		id, received := strconv.Itoa(rapid.IntRange(0, 15).Draw(t, "id")), rapid.IntRange(0, 20).Draw(t, "received")
		if rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
			p := reversal(id, received, strconv.Itoa(rapid.IntRange(0, 15).Draw(t, "of")))
			p.Entry.Credited = time.Duration(rapid.IntRange(-50, 50).Draw(t, "claimed"))
			return p
		}
		p := posting(id, received, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "institution"),
			"s"+strconv.Itoa(rapid.IntRange(0, 3).Draw(t, "ref")), rapid.IntRange(-5, 50).Draw(t, "minutes"))
		p.Entry.Date = p.Entry.Date.AddDays(rapid.IntRange(0, 60).Draw(t, "day"))
		p.Entry.Module = rapid.SampledFrom([]string{"甲", "乙"}).Draw(t, "module")
		if rapid.Bool().Draw(t, "known") {
			from := rapid.IntRange(0, 40).Draw(t, "from")
			p.Times = ledger.Times{span(from, from+rapid.IntRange(1, 20).Draw(t, "length"))}
		}
		return p
	}), 0, 30).Draw(t, "postings")
}

func TestNoInterleavingOfEntriesReversalsAndRetriesMakesABalanceNegativeDoubledOrOrderDependent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		postings := anyPostings(t)
		before := slices.Clone(postings)
		book := ledger.Post(postings)
		require.Equal(t, before, postings, "the ledger is append-only")
		require.Equal(t, book, ledger.Post(rapid.Permutation(postings).Draw(t, "shuffled")))
		require.Equal(t, book, ledger.Post(slices.Concat(postings, postings)))

		for end := range book.Entries {
			sofar := book.Entries[:end+1]
			require.GreaterOrEqual(t, ledger.Total(sofar), time.Duration(0))
			for _, m := range ledger.ByModule(sofar) {
				require.GreaterOrEqual(t, m.Credited, time.Duration(0))
			}
			for _, y := range ledger.ByYear(sofar) {
				require.GreaterOrEqual(t, y.Credited, time.Duration(0))
			}
		}
	})
}

func TestTheBalanceIsWhatARecomputationOfStandingEntriesGives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		postings := anyPostings(t)
		for i := range postings {
			postings[i].Received = postings[i].Received.Add(time.Duration(i)) // no two at once
		}
		book := ledger.Post(postings)
		refused := map[string]bool{}
		for _, r := range book.Refused {
			refused[r.ID] = true
		}
		first := map[string]ledger.Posting{} // of each ID the first received counts
		for _, p := range postings {
			if other, found := first[p.ID]; !found || p.Received.Before(other.Received) {
				first[p.ID] = p
			}
		}
		standing := map[string]ledger.Posting{}
		for id, p := range first {
			if !refused[id] && p.Reverses == "" {
				standing[id] = p
			}
		}
		for id, p := range first {
			if !refused[id] && p.Reverses != "" {
				require.Contains(t, standing, p.Reverses, "what is reversed stood, and is reversed once")
				delete(standing, p.Reverses)
			}
		}
		var sum time.Duration
		for id, p := range standing {
			sum += p.Entry.Credited
			for other, q := range standing {
				if id != other {
					require.False(t, p.Times.Overlaps(q.Times), "no instant is credited twice")
					require.NotEqual(t, p.Institution+p.Entry.SessionRef+p.Entry.Date.String(), q.Institution+q.Entry.SessionRef+q.Entry.Date.String())
				}
			}
		}
		require.Equal(t, sum, ledger.Total(book.Entries))
	})
}
