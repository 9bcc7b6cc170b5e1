package api

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// sealImage is a red square on nothing, as PNG in base64.
func sealImage(t testing.TB, ink color.NRGBA) string {
	t.Helper()
	drawn := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	draw.Draw(drawn, image.Rect(20, 20, 280, 280), image.NewUniform(ink), image.Point{}, draw.Src)
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, drawn))
	return base64.StdEncoding.EncodeToString(file.Bytes())
}

var vermilion = color.NRGBA{R: 200, G: 30, B: 30, A: 255}

func profileBody(changes object) object {
	body := object{"kind": "training", "reason": "新版证书"}
	maps.Copy(body, changes)
	return body
}

func (w *world) propose(token string, changes object) issuerProfileView {
	w.t.Helper()
	got := w.post("/v1/issuer-profiles", token, profileBody(changes))
	require.Equal(w.t, http.StatusCreated, got.status, "%s", got.body)
	var view issuerProfileView
	got.into(w.t, &view)
	return view
}

func TestWhatAnIssuerSetsHoldsOnceTheCityBureauApprovedIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	issuer, name := w.institution(trainingBodyID), "国家开放大学"
	now := func() store.IssuerProfile {
		p, err := w.store.Read(t.Context()).IssuerProfile(trainingBodyID, contract.TrainingCertificate)
		require.NoError(t, err)
		return p
	}
	first := w.propose(issuer, object{"number_scheme": "京〔{year}〕{seq:4}号", "seal": sealImage(t, vermilion), "extra": []string{"咨询电话见本校网站"}})
	require.Equal(t, "proposed", first.State.Code)
	require.Equal(t, name, first.SealName, "a seal says the issuer's name, unless it stands in")
	require.Contains(t, first.Example, "〕0001号")
	require.Zero(t, now().Version)
	decision := "/v1/issuer-profiles/" + first.ID + "/decision"
	require.Equal(t, http.StatusOK, w.post(decision, w.operator, object{"decision": "approve", "reason": "与备案印章一致"}).status)
	require.True(t, now().SealFits(name))
	require.False(t, now().SealFits("国家开放大学（总部）"), "not after the issuer was renamed")
	w.post(decision, w.operator, object{"decision": "refuse", "reason": "x"}).refused(t, http.StatusConflict, profileDecided)

	second := w.propose(issuer, object{"keep_seal": true, "stand_in": true, "seal_name": "国家开放大学人事处"})
	third := w.propose(issuer, object{"keep_seal": true})
	w.post("/v1/issuer-profiles/"+second.ID+"/decision", w.operator, object{"decision": "approve", "reason": "x"}).
		refused(t, http.StatusConflict, profileOvertaken)
	require.Equal(t, http.StatusOK, w.post("/v1/issuer-profiles/"+third.ID+"/decision", w.operator, object{"decision": "refuse", "reason": "x"}).status)
	require.Equal(t, 1, now().Version)

	var list struct {
		Profiles []issuerProfileView `json:"issuer_profiles"`
		Kinds    []issuerKindView
	}
	w.get("/v1/issuer-profiles", issuer).into(t, &list)
	states := map[string]string{}
	for _, p := range list.Profiles {
		states[p.ID] = p.State.Code
		require.Equal(t, p.ID == first.ID, p.InForce)
	}
	require.Equal(t, map[string]string{first.ID: "approved", second.ID: "overtaken", third.ID: "refused"}, states)
	require.Len(t, list.Kinds, 1, "it trains, evaluates nothing and is no base")
	require.Equal(t, "PX-{issuer}-{year}-{seq:6}", list.Kinds[0].NumberScheme)
	specimen := w.get("/v1/issuer-profiles/"+first.ID+"/specimen", issuer)
	require.Equal(t, "application/pdf", specimen.header.Get("Content-Type"), "%s", specimen.body)
	seal := w.get("/v1/issuer-profiles/"+first.ID+"/seal", w.operator)
	require.Equal(t, now().SealImage, seal.body)
	require.NotContains(t, w.log.String(), now().Reason)
}

func TestWhatAnIssuerMayNotSetIsRefusedByTheField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	issuer, seal := w.institution(trainingBodyID), sealImage(t, vermilion)
	for name, c := range map[string]struct {
		changes object
		want    map[string]string
	}{
		"a scheme without a running number": {object{"number_scheme": "A-{year}"}, map[string]string{"number_scheme[8]": "scheme_no_sequence"}},
		"a scheme with an odd character":    {object{"number_scheme": "A {seq:6}"}, map[string]string{"number_scheme[1]": "scheme_characters"}},
		"a blue seal":                       {object{"seal": sealImage(t, color.NRGBA{B: 200, A: 255})}, map[string]string{"seal": "seal_colour"}},
		"no base64":                         {object{"seal": "?"}, map[string]string{"seal": fieldFormat}},
		"another's name on the seal":        {object{"seal": seal, "seal_name": "中国电子学会"}, map[string]string{"seal_name": fieldSealName}},
		"whose seal stands in is not said":  {object{"seal": seal, "stand_in": true}, map[string]string{"seal_name": fieldRequired}},
		"a name without a seal":             {object{"seal_name": "国家开放大学"}, map[string]string{"seal_name": fieldConflict}},
		"nothing to keep":                   {object{"keep_seal": true}, map[string]string{"keep_seal": fieldNoSeal}},
		"two seals":                         {object{"keep_seal": true, "seal": seal}, map[string]string{"keep_seal": fieldConflict}},
		"somebody's number":                 {object{"extra": []string{"联系 13800138000"}}, map[string]string{"extra[0]": fieldReveals}},
		"a promise":                         {object{"extra": []string{"国家开放大学", "包 过"}}, map[string]string{"extra[1]": "wording_promise"}},
		"the state's":                       {object{"extra": []string{"全国通用"}}, map[string]string{"extra[0]": "wording_state"}},
		"a line too long":                   {object{"extra": []string{strings.Repeat("长", 61)}}, map[string]string{"extra[0]": fieldTooLong}},
		"a certificate that it gives none":  {object{"kind": "grade"}, map[string]string{"kind": fieldNotListed}},
		"a character that is not printed":   {object{"extra": []string{"咨询🦄"}}, map[string]string{"extra": fieldUnprintable}},
		"no reason":                         {object{"reason": " "}, map[string]string{"reason": fieldRequired}},
	} {
		got := w.post("/v1/issuer-profiles", issuer, profileBody(c.changes))
		require.Equal(t, c.want, got.refused(t, http.StatusUnprocessableEntity, validationFailed), name)
	}
	// The joint unit of base 9 may not issue, until its listing is confirmed (O-3, E-17).
	unconfirmed := w.post("/v1/issuer-profiles", w.institution(unconfirmedID), profileBody(object{"kind": "ce_base"}))
	require.Equal(t, map[string]string{"kind": fieldNotListed}, unconfirmed.refused(t, http.StatusUnprocessableEntity, validationFailed))
	w.propose(w.institution(baseID), object{"kind": "ce_base"})
}

func TestCoursesAndClassesAreNotNamedAsOnlyTheStateOrNobodyMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base, trainer := w.institution(baseID), w.institution(trainingBodyID)
	for title, code := range map[string]string{
		"全国数字技术高级研修班": "wording_state", "数字技术职业资格培训班": "wording_qualification", "数字技术7天拿证班": "wording_promise",
	} {
		course := w.post("/v1/courses", base, w.courseBody(object{"title": title}))
		require.Equal(t, map[string]string{"title": code}, course.refused(t, http.StatusUnprocessableEntity, validationFailed))
		require.NotContains(t, string(course.body), title, "what was sent is not repeated")
		class := w.post("/v1/classes", trainer, w.classOf(object{"name": title}))
		require.Equal(t, map[string]string{"name": code}, class.refused(t, http.StatusUnprocessableEntity, validationFailed))
	}
	var class ClassView
	w.post("/v1/classes", trainer, w.classOf(object{"name": "国家开放大学大数据一班"})).into(t, &class)
	revised := w.post("/v1/classes/"+class.ID+"/revision", trainer, object{
		"name": "国家大数据一班", "starts_on": class.StartsOn, "ends_on": class.EndsOn, "capacity": 10, "reason": "x",
	})
	require.Equal(t, map[string]string{"name": "wording_state"}, revised.refused(t, http.StatusUnprocessableEntity, validationFailed))
}
