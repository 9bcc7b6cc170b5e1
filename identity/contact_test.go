package identity_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
)

func TestATelephoneNumberIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"13800138000": "+8613800138000", " 138 0013 8000 ": "+8613800138000", "138-0013-8000": "+8613800138000",
		"１３８００１３８０００": "+8613800138000", "+86 13800138000": "+8613800138000", "0086 138 0013 8000": "+8613800138000",
		"010-12345678": "+861012345678", "(010) 12345678": "+861012345678", "+86 10 12345678": "+861012345678",
		"0755-12345678": "+8675512345678", "+852 2345 6789": "+85223456789", "001 212 555 0100": "+12125550100",
	} {
		phone, err := identity.ParsePhone(typed)
		require.NoError(t, err, typed)
		require.Equal(t, want, phone.Number(), typed)
	}
	for _, typed := range []string{
		"", "abc", "12345", "11800138000", "1380013800", "138001380001", "+", "+86", "+86 12800138000", "+0123456789",
		"+1234567890123456", "138 0013 800x", "0012", "00000000000", "１３８\x00",
	} {
		_, err := identity.ParsePhone(typed)
		require.ErrorIs(t, err, identity.PhoneFormat, typed)
	}
}

func TestOnlyAMobileOfTheMainlandIsOnePersons(t *testing.T) {
	t.Parallel()
	for typed, mobile := range map[string]bool{"13800138000": true, "010-12345678": false, "+85261234567": false, "0755-12345678": false} {
		phone, err := identity.ParsePhone(typed)
		require.NoError(t, err)
		require.Equal(t, mobile, phone.Mobile(), typed)
	}
}

func TestContactsNeverPrintWhole(t *testing.T) {
	t.Parallel()
	phone, err := identity.ParsePhone("13800135678")
	require.NoError(t, err)
	require.Equal(t, "138****5678", phone.Mask())
	abroad, err := identity.ParsePhone("+852 6123 4567")
	require.NoError(t, err)
	require.Equal(t, "+852****4567", abroad.Mask())
	email, err := identity.ParseEmail("zhang.san@example.com")
	require.NoError(t, err)
	require.Equal(t, "z***@example.com", email.Mask())
	require.Equal(t, "北京市****", identity.MaskAddress("北京市海淀区中关村大街1号"))
	require.Equal(t, "甲****", identity.MaskAddress("甲乙"))
	for _, whole := range []any{phone, email} {
		marshalled, err := json.Marshal(whole)
		require.NoError(t, err)
		for _, printed := range []string{fmt.Sprintf("%v %s %+v %#v", whole, whole, whole, whole), string(marshalled)} {
			require.NotContains(t, printed, "13800135678")
			require.NotContains(t, printed, "zhang.san")
		}
	}
	require.Empty(t, identity.Phone{}.Mask())
	require.Empty(t, identity.Email{}.Mask())
}

func TestAMailAddressIsReadWithoutANameAndFoundHoweverItIsCapitalised(t *testing.T) {
	t.Parallel()
	keyring := newKeyring(t)
	email, err := identity.ParseEmail(" Zhang@Example.com ")
	require.NoError(t, err)
	require.Equal(t, "Zhang@Example.com", email.Address())
	same, err := identity.ParseEmail("zhang@example.COM")
	require.NoError(t, err)
	require.Equal(t, keyring.IndexEmail(email), keyring.IndexEmail(same))
	for _, typed := range []string{
		"", "zhang", "zhang@", "@example.com", "zhang@localhost", "Zhang <zhang@example.com>", "a b@example.com", "zhang@[127.0.0.1]",
		"zhang@example.com,li@example.com", "\"a b\"@example.com", "zhang@example.com\r\nBcc: li@example.com",
	} {
		_, err := identity.ParseEmail(typed)
		require.ErrorIs(t, err, identity.EmailFormat, typed)
	}
}

func TestAPostalAddressIsOneLine(t *testing.T) {
	t.Parallel()
	address, err := identity.ParseAddress(" 北京市海淀区 1 号 ")
	require.NoError(t, err)
	require.Equal(t, "北京市海淀区 1 号", address)
	for _, typed := range []string{"", " ", "a\nb", "a\x00b", "\xff"} {
		_, err := identity.ParseAddress(typed)
		require.ErrorIs(t, err, identity.AddressChars, typed)
	}
}
