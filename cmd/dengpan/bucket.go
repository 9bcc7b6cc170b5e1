package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/dengpan/dengpan/evidence"
	"github.com/dengpan/dengpan/store"
)

// evidenceConfig says where files of evidence are kept.
type evidenceConfig struct {
	Place    string `env:"DENGPAN_EVIDENCE_STORE"        envDefault:"postgres"`
	Endpoint string `env:"DENGPAN_EVIDENCE_S3_ENDPOINT"`
	Region   string `env:"DENGPAN_EVIDENCE_S3_REGION"`
	Bucket   string `env:"DENGPAN_EVIDENCE_S3_BUCKET"`
	KeysFile string `env:"DENGPAN_EVIDENCE_S3_KEYS_FILE"`
}

func (c *evidenceConfig) flags(f *pflag.FlagSet) {
	f.StringVar(&c.Place, "evidence-store", c.Place, "where files of evidence are kept: postgres or s3 (DENGPAN_EVIDENCE_STORE)")
	f.StringVar(&c.Endpoint, "evidence-s3-endpoint", c.Endpoint, "https://HOST of the S3-compatible store (DENGPAN_EVIDENCE_S3_ENDPOINT)")
	f.StringVar(&c.Region, "evidence-s3-region", c.Region, "its region; empty asks the store (DENGPAN_EVIDENCE_S3_REGION)")
	f.StringVar(&c.Bucket, "evidence-s3-bucket", c.Bucket, "the bucket there (DENGPAN_EVIDENCE_S3_BUCKET)")
	f.StringVar(&c.KeysFile, "evidence-s3-keys-file", c.KeysFile,
		"file of two lines: the access key's id, and its secret (DENGPAN_EVIDENCE_S3_KEYS_FILE)")
}

// bucket is where files of evidence are kept; nil for the record.
func (c *evidenceConfig) bucket(demo bool) (*evidence.Bucket, error) {
	switch c.Place {
	case store.PlacePostgres:
		return nil, nil //nolint:nilnil // there is none
	case store.PlaceS3:
		bucket, err := evidence.NewBucket(evidence.BucketConfig{
			Endpoint: c.Endpoint, Region: c.Region, Name: c.Bucket, KeysFile: c.KeysFile, Insecure: demo,
		})
		if err != nil {
			return nil, fmt.Errorf("evidence (DENGPAN_EVIDENCE_S3_…): %w", err)
		}
		return bucket, nil
	}
	return nil, errors.New("evidence (DENGPAN_EVIDENCE_STORE): want postgres or s3")
}
