package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// A version is the sum of layers: its own folder, the folder that one is laid over, and so on. What a province decides for
// itself is in its folder; what all have in common is in a layer beneath, which is no version: nobody registers under it.

// kinds are the files a layer may have; every version has the sum of each.
func kinds() []string {
	return []string{
		"occupations", "admission", "training", "attendance", "evaluation", "title", "hours", "operation", listsKind,
	}
}

// listsKind is the published lists; their file is named with the year, institutions-2022.yaml.
const listsKind = "institutions"

// emptyFile is what a file of a kind is read into.
func emptyFile(kind string) any {
	switch kind {
	case "occupations":
		return new(occupationsFile)
	case "admission":
		return new(admissionFile)
	case "training":
		return new(trainingFile)
	case "attendance":
		return new(attendanceFile)
	case "evaluation":
		return new(evaluationFile)
	case "title":
		return new(titleFile)
	case "hours":
		return new(hoursFile)
	case "operation":
		return new(operationFile)
	}
	return new(listsFile)
}

// layer is one folder of a version.
type layer struct {
	about string            // policy.yaml of a version, layer.yaml of what is none
	files map[string]string // by kind
	layerFile
}

// layers reads what a version's folder says of itself, and finds what it is laid over, down to the ground.
func (r *reading) layers(base string, about *policyFile) []layer {
	r.decode(folderOf(base)+"policy.yaml", about)
	layers := []layer{{about: folderOf(base) + "policy.yaml", layerFile: about.layerFile, files: r.list(base)}}
	seen := []string{base}
	for {
		top := layers[len(layers)-1]
		if len(r.faults) > 0 || top.Over == "" {
			return layers
		}
		next, err := r.beneath(top.Over)
		if slices.Contains(seen, top.Over) {
			err = fmt.Errorf("over: %s is laid over itself", top.Over)
		}
		if err != nil {
			r.faults = append(r.faults, r.files[top.about].fault(at(err, "over")))
			return layers
		}
		seen = append(seen, top.Over)
		layers = append(layers, next)
	}
}

// beneath reads the folder that another is laid over: a layer, or a version that the other changes.
func (r *reading) beneath(id string) (layer, error) {
	for _, name := range []string{"layer.yaml", "policy.yaml"} {
		path := folderOf(id) + name
		if _, err := fs.Stat(r.source, path); err != nil {
			continue
		}
		below := layer{about: path, files: r.list(id)}
		if name == "layer.yaml" {
			r.decode(path, &below.layerFile)
		} else {
			var about policyFile
			r.decode(path, &about)
			below.layerFile = about.layerFile
		}
		if below.ID != id {
			r.note(path, at(fmt.Errorf("id: %q is not the folder's name", below.ID), "id"))
		}
		return below, nil
	}
	return layer{}, fmt.Errorf("over: there is no %q", id)
}

// list finds a folder's files by kind. A file that nothing reads is a fault: it would be a rule that nobody decides by.
func (r *reading) list(id string) map[string]string {
	found := map[string]string{}
	entries, err := fs.ReadDir(r.source, strings.TrimSuffix(folderOf(id), "/"))
	if err != nil {
		return found // there is no such folder: policy.yaml is what is missed
	}
	for _, entry := range entries {
		path, kind := folderOf(id)+entry.Name(), schemaOf(entry.Name())
		switch {
		case !strings.HasSuffix(entry.Name(), ".yaml") && !strings.HasSuffix(entry.Name(), ".yml"):
		case kind == "policy", kind == "layer":
		case !slices.Contains(kinds(), kind) || (kind != listsKind && entry.Name() != kind+".yaml"):
			r.faults = append(r.faults, &Fault{File: path, Err: errors.New("no file of a version has this name")})
		case found[kind] != "":
			r.faults = append(r.faults, &Fault{File: path, Err: fmt.Errorf("there is %s already", found[kind])})
		default:
			found[kind] = path
		}
	}
	return found
}
