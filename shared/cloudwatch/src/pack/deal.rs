//! The plan that is never far from the least: data are dealt out like cards, largest first, one to each request a round.
//!
//! Whoever is dealt which card of a round, the requests' data differ by one at most and their bytes by the largest datapoint.
//! So who gets which is free to keep the data of one metric apart. That is an edge colouring: rounds and metrics are the
//! vertices, a datapoint joins its round to its metric, the requests are the colours, and edges that meet need different ones.
//! Rounds and metrics are two sides, so as many colours do as the busiest vertex has edges (Kőnig): no request is added for it.

use std::collections::HashMap;

use super::need::Needs;

/// Which data go into which request: as few requests as hold the bytes.
pub(super) fn deal(needs: &Needs) -> Vec<Vec<usize>> {
    let mut requests = needs.fewest();
    loop {
        let dealt = deal_to(needs, requests);
        let fits = |request: &Vec<usize>| {
            let bytes: usize = request.iter().map(|place| needs.data[*place].bytes).sum();
            bytes <= needs.room
        };
        if dealt.iter().all(fits) {
            return dealt;
        }
        requests += 1;
    }
}

fn deal_to(needs: &Needs, requests: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..needs.data.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(needs.data[*place].bytes));
    let mut table = Table::new(needs, &order, requests);
    let (wide, narrow): (Vec<usize>, Vec<usize>) = order
        .iter()
        .partition(|place| needs.wide[needs.data[**place].metric]);
    for place in wide {
        table.put_apart(place);
    }
    for place in narrow {
        let request = table.free_in_round(table.round_of[place]);
        table.put(place, request);
    }
    let mut dealt = vec![Vec::new(); requests];
    for (place, request) in table.request_of.iter().enumerate() {
        dealt[request.expect("every datapoint was dealt")].push(place);
    }
    dealt
}

/// The two sides of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Vertex {
    Round(usize),
    Metric(usize),
}

/// Who has which card.
struct Table<'a> {
    needs: &'a Needs,
    requests: usize,
    round_of: Vec<usize>,
    request_of: Vec<Option<usize>>,
    /// Vertex and request → the datapoint that has it there.
    at: HashMap<(Vertex, usize), usize>,
    /// Round → a request below which none is free.
    taken_below: Vec<usize>,
}

impl<'a> Table<'a> {
    fn new(needs: &'a Needs, order: &[usize], requests: usize) -> Self {
        let mut round_of = vec![0; order.len()];
        for (turn, place) in order.iter().enumerate() {
            round_of[*place] = turn / requests;
        }
        Self {
            needs,
            requests,
            round_of,
            request_of: vec![None; order.len()],
            at: HashMap::new(),
            taken_below: vec![0; order.len().div_ceil(requests.max(1))],
        }
    }

    fn round(&self, place: usize) -> Vertex {
        Vertex::Round(self.round_of[place])
    }

    fn metric(&self, place: usize) -> Vertex {
        Vertex::Metric(self.needs.data[place].metric)
    }

    fn is_free(&self, vertex: Vertex, request: usize) -> bool {
        !self.at.contains_key(&(vertex, request))
    }

    fn first_free(&self, vertex: Vertex) -> usize {
        (0..self.requests)
            .find(|request| self.is_free(vertex, *request))
            .expect("a vertex has no more edges than there are requests, and this one is not among them yet")
    }

    fn free_in_round(&mut self, round: usize) -> usize {
        let vertex = Vertex::Round(round);
        let free = (self.taken_below[round]..self.requests)
            .find(|request| self.is_free(vertex, *request))
            .expect("a round has no more data than there are requests");
        self.taken_below[round] = free;
        free
    }

    fn put(&mut self, place: usize, request: usize) {
        self.request_of[place] = Some(request);
        self.at.insert((self.round(place), request), place);
        if self.needs.wide[self.needs.data[place].metric] {
            self.at.insert((self.metric(place), request), place);
        }
    }

    /// Into a request where neither its round nor its metric is yet.
    fn put_apart(&mut self, place: usize) {
        let (round, metric) = (self.round(place), self.metric(place));
        // Begun at the round's own number, so that rounds of one metric's data seldom look twice.
        let common = (0..self.requests)
            .map(|step| (self.round_of[place] + step) % self.requests)
            .find(|request| self.is_free(round, *request) && self.is_free(metric, *request));
        let request = common.unwrap_or_else(|| {
            let (of_round, of_metric) = (self.first_free(round), self.first_free(metric));
            self.swap_from(metric, of_round, of_metric);
            of_round
        });
        self.put(place, request);
    }

    /// Swaps two requests along the path that begins at `vertex` with `first`, which frees `first` there. The path never
    /// reaches the other end of the edge to be put: it comes to that side by `first` alone, which is free there.
    fn swap_from(&mut self, vertex: Vertex, first: usize, second: usize) {
        let mut path = Vec::new();
        let (mut here, mut request) = (vertex, first);
        while let Some(place) = self.at.get(&(here, request)).copied() {
            path.push((place, request));
            here = if here == self.round(place) {
                self.metric(place)
            } else {
                self.round(place)
            };
            request = if request == first { second } else { first };
        }
        for (place, request) in &path {
            self.at.remove(&(self.round(*place), *request));
            self.at.remove(&(self.metric(*place), *request));
        }
        for (place, request) in path {
            self.put(place, if request == first { second } else { first });
        }
    }
}
